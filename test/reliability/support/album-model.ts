import type { Random } from '../../../electron/shared/random.ts'
import type { RpcClient } from '../../../electron/shared/rpc-client.ts'

/** Name and photos by album id. */
export type Albums = ReadonlyMap<number, { readonly name: string; readonly photos: readonly number[] }>

/** The albums of a library as a plain model has them, with what undo and redo lead to, the next one last. */
export interface AlbumState {
  readonly albums: Albums
  readonly undo: readonly Albums[]
  readonly redo: readonly Albums[]
  /** Ids are never used again. */
  readonly lastId: number
}

/** The program keeps so many changes. */
const UNDO_KEPT = 200

interface Edit {
  /** Makes the edit in the program. */
  readonly call: (client: RpcClient) => Promise<unknown>
  /** Makes it in the model. */
  readonly apply: (state: AlbumState) => AlbumState
}

/** How far the edits of a client came. */
export interface Edited {
  readonly acknowledged: number
  /** The states that the library may be in: after all acknowledged edits, and after each that was under way. */
  readonly possible: readonly AlbumState[]
  /** Why it ended before it was to. */
  readonly errors: readonly unknown[]
}

export const noAlbums: AlbumState = { albums: new Map(), undo: [], redo: [], lastId: 0 }

/** Reads the albums through a client. */
export async function readAlbums(client: RpcClient): Promise<Albums> {
  const { albums } = await client.call('albums.list', {})
  const read = albums.map(async ({ id, name }) => {
    const { ids } = await client.call('albums.photos', { id })
    return [id, { name, photos: ids.toSorted((a, b) => a - b) }] as const
  })
  return new Map(await Promise.all(read))
}

/** The one of the possible states that the library is in; undefined where it is in none of them. */
export const stateOf = (possible: readonly AlbumState[], albums: Albums): AlbumState | undefined =>
  possible.findLast(state => describeAlbums(state.albums) === describeAlbums(albums))

export const describeAlbums = (albums: Albums): string =>
  [...albums]
    .sort(([a], [b]) => a - b)
    .map(([id, { name, photos }]) => `${id} ${name}: ${photos.join(' ')}`)
    .join(' / ')

/**
 * Edits albums at random, up to four edits under way at once, until an edit fails or it is to stop.
 * @param ids photos of the library
 */
export async function editAlbums(
  client: RpcClient,
  from: AlbumState,
  ids: readonly number[],
  random: Random,
  goOn: () => boolean,
): Promise<Edited> {
  let possible = [from]
  let acknowledged = 0
  while (goOn()) {
    possible = possible.slice(-1)
    const calls: Promise<unknown>[] = []
    for (let n = random.int(1, 4); n > 0; n--) {
      const { call, apply } = randomEdit(possible.at(-1)!, ids, random)
      possible.push(apply(possible.at(-1)!))
      calls.push(call(client))
    }
    const results = await Promise.allSettled(calls)
    const errors = results.flatMap(({ status, ...rest }) =>
      'reason' in rest ? [rest.reason as unknown] : [],
    )
    const made = errors.length === 0 ? calls.length : results.findIndex(({ status }) => status === 'rejected')
    acknowledged += made
    possible = possible.slice(made)
    if (errors.length > 0) return { acknowledged, possible, errors }
  }
  return { acknowledged, possible, errors: [] }
}

function randomEdit(state: AlbumState, ids: readonly number[], random: Random): Edit {
  const kind = random.next()
  const albums = [...state.albums.keys()]
  if (albums.length === 0 || kind < 0.12) {
    const [id, name, photos] = [state.lastId + 1, `Album ${random.int(0, 1e9)}`, someOf(ids, random)]
    return {
      call: client => client.call('albums.create', { name, photos }),
      apply: before => ({ ...changed(before, old => new Map(old).set(id, { name, photos })), lastId: id }),
    }
  }
  if (kind < 0.22) return { call: client => client.call('albums.undo', {}), apply: undone }
  if (kind < 0.28) return { call: client => client.call('albums.redo', {}), apply: redone }
  const id = random.pick(albums)
  const { name, photos } = state.albums.get(id)!
  if (kind < 0.34) {
    const other = `Renamed ${random.int(0, 1e9)}`
    return {
      call: client => client.call('albums.rename', { id, name: other }),
      apply: before => changed(before, old => new Map(old).set(id, { name: other, photos })),
    }
  }
  if (kind < 0.38 && albums.length > 3)
    return {
      call: client => client.call('albums.delete', { id }),
      apply: before => changed(before, old => new Map([...old].filter(([other]) => other !== id))),
    }
  const put = (next: ReadonlySet<number>) => (before: AlbumState) =>
    next.size === photos.length
      ? before
      : changed(before, old => new Map(old).set(id, { name, photos: [...next].sort((a, b) => a - b) }))
  if (kind < 0.6 && photos.length > 0) {
    const chosen = someOf(photos, random)
    return {
      call: client => client.call('albums.remove', { id, photos: chosen }),
      apply: put(new Set(photos).difference(new Set(chosen))),
    }
  }
  const chosen = someOf(ids, random)
  return {
    call: client => client.call('albums.add', { id, photos: chosen }),
    apply: put(new Set(photos).union(new Set(chosen))),
  }
}

function changed(state: AlbumState, change: (albums: Albums) => Albums): AlbumState {
  return {
    ...state,
    albums: change(state.albums),
    undo: [...state.undo, state.albums].slice(-UNDO_KEPT),
    redo: [],
  }
}

function undone(state: AlbumState): AlbumState {
  const albums = state.undo.at(-1)
  return albums
    ? { ...state, albums, undo: state.undo.slice(0, -1), redo: [...state.redo, state.albums] }
    : state
}

function redone(state: AlbumState): AlbumState {
  const albums = state.redo.at(-1)
  return albums
    ? { ...state, albums, redo: state.redo.slice(0, -1), undo: [...state.undo, state.albums] }
    : state
}

/** One to six of the photos, ascending. */
const someOf = (ids: readonly number[], random: Random): number[] =>
  random
    .shuffled(ids)
    .slice(0, random.int(1, 6))
    .sort((a, b) => a - b)
