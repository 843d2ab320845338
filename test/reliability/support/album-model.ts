import type { Engine } from '../../../electron/engine/engine.ts'
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

/** The state of a library whose albums nobody has deleted. What was done before is not undone. */
export const stateFrom = (albums: Albums): AlbumState => ({
  albums,
  undo: [],
  redo: [],
  lastId: Math.max(0, ...albums.keys()),
})

/** Reads the albums through a client. */
export async function readAlbums(client: RpcClient): Promise<Albums> {
  const { albums } = await client.call('albums.list', {})
  const read = albums.map(async ({ id, name }) => {
    const { ids } = await client.call('albums.photos', { id })
    return [id, { name, photos: ids.toSorted((a, b) => a - b) }] as const
  })
  return new Map(await Promise.all(read))
}

/** The same from the catalog of a library that is open in this process. */
export const albumsIn = ({ albums: { queries } }: Engine): Albums =>
  new Map(
    queries
      .list()
      .map(({ id, name }) => [id, { name, photos: queries.photosOf(id).toSorted((a, b) => a - b) }]),
  )

/** The one of the possible states that the library is in; undefined where it is in none of them. */
export const stateOf = (possible: readonly AlbumState[], albums: Albums): AlbumState | undefined =>
  possible.find(state => describeAlbums(state.albums) === describeAlbums(albums))

const describeAlbums = (albums: Albums): string =>
  [...albums]
    .sort(([a], [b]) => a - b)
    .map(([id, { name, photos }]) => `${id} ${name}: ${photos.join(' ')}`)
    .join(' / ')

/** What was lost; undefined where the albums are in one of the possible states. */
export function lossIn(possible: readonly AlbumState[], albums: Albums): string | undefined {
  if (stateOf(possible, albums)) return undefined
  const wanted = possible[0]!.albums
  const differing = [...new Set([...albums.keys(), ...wanted.keys()])].filter(
    id => JSON.stringify(albums.get(id)) !== JSON.stringify(wanted.get(id)),
  )
  return `${differing.length} of ${wanted.size} albums are not as they were acknowledged`
}

/** Edits albums at random, and notes what the library may hold at each moment. */
export class AlbumEditor {
  readonly #random: Random
  readonly #ids: readonly number[]
  readonly #atOnce: number
  #possible: readonly AlbumState[]
  acknowledged = 0

  /**
   * @param ids photos of the library
   * @param atOnce how many edits are under way at the same time, at most
   */
  constructor(random: Random, ids: readonly number[], from = stateFrom(new Map()), atOnce = 4) {
    this.#random = random
    this.#ids = ids
    this.#possible = [from]
    this.#atOnce = atOnce
  }

  /** The states that the library may be in: after all acknowledged edits, and after each that is under way. */
  get possible(): readonly AlbumState[] {
    return this.#possible
  }

  /**
   * Edits as long as it is to go on, or until edits fail.
   * @returns the errors of those that failed
   */
  async edit(client: RpcClient, goOn: () => boolean = () => true): Promise<Error[]> {
    while (goOn()) {
      const calls: Promise<unknown>[] = []
      for (let n = this.#random.int(1, this.#atOnce); n > 0; n--) {
        const { call, state } = this.#nextEdit()
        this.#possible = [...this.#possible, state]
        calls.push(
          call(client).then(() => {
            this.acknowledged++
            this.#possible = this.#possible.slice(1)
          }),
        )
      }
      const results = await Promise.allSettled(calls)
      const errors = results.flatMap(result => ('reason' in result ? [result.reason as Error] : []))
      if (errors.length > 0) return errors
    }
    return []
  }

  /** An edit that leads to other albums than all that may be there: what is found later names one state. */
  #nextEdit(): { call: Edit['call']; state: AlbumState } {
    const last = this.#possible.at(-1)!
    for (;;) {
      const { call, apply } = randomEdit(last, this.#ids, this.#random)
      const state = apply(last)
      if (!stateOf(this.#possible, state.albums)) return { call, state }
    }
  }

  /** An edit that was refused has changed nothing. */
  forgetRefused(): void {
    this.#possible = this.#possible.slice(0, 1)
  }
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
  if (kind < 0.22 && state.undo.length > 0)
    return { call: client => client.call('albums.undo', {}), apply: undone }
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
