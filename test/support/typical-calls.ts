import type { RpcClient } from '../../electron/shared/rpc-client.ts'
import type { Random } from '../../electron/shared/random.ts'

/** What a call needs to know of the library. */
export interface Known {
  readonly client: RpcClient
  readonly random: Random
  /** Photos of the library. */
  readonly photos: readonly number[]
  readonly albums: readonly number[]
}

type TypicalCall = (known: Known) => Promise<unknown>

const photo = ({ random, photos }: Known): number => random.pick(photos)
const some = (known: Known, count: number): number[] => Array.from({ length: count }, () => photo(known))
const album = ({ random, albums }: Known): number => random.pick(albums)

/** Calls as a window makes them, by what they are. */
export const typicalCalls: Readonly<Record<string, TypicalCall>> = {
  'photos.list': ({ client }) => client.call('photos.list', {}),
  'photos.get': known => known.client.call('photos.get', { id: photo(known) }),
  'library.status': ({ client }) => client.call('library.status', {}),
  'similar.search': known =>
    known.client.call('similar.search', { examples: [{ photo: photo(known) }], k: 500 }),
  'similar.search of all': known =>
    known.client.call('similar.search', { examples: [{ photo: photo(known) }], k: 100_000 }),
  'similar.search in an album': known =>
    known.client.call('similar.search', {
      examples: [{ photo: photo(known) }],
      filter: { albums: [album(known)] },
    }),
  'similar.search in a period': known =>
    known.client.call('similar.search', {
      examples: some(known, 3).map(id => ({ photo: id })),
      filter: { takenFrom: Date.UTC(2016, 2, 1), takenBefore: Date.UTC(2017, 0, 1) },
    }),
  'photos.facets': ({ client }) => client.call('photos.facets', {}),
  'photos.matching': async ({ client, random }) => {
    const { folders } = await client.call('photos.facets', {})
    await client.call('photos.matching', { filter: { folders: [random.pick(folders).path] } })
  },
  'photos.imports': ({ client }) => client.call('photos.imports', {}),
  'folders.list': ({ client }) => client.call('folders.list', {}),
  'failures.list': ({ client }) => client.call('failures.list', {}),
  'jobs.list': ({ client }) => client.call('jobs.list', {}),
  'albums.list': ({ client }) => client.call('albums.list', {}),
  'albums.photos': known => known.client.call('albums.photos', { id: album(known) }),
  'albums.ofPhotos': known => known.client.call('albums.ofPhotos', { photos: some(known, 500) }),
  'albums.add': known => known.client.call('albums.add', { id: album(known), photos: some(known, 20) }),
  'albums.remove': known => known.client.call('albums.remove', { id: album(known), photos: some(known, 20) }),
  'albums.undo': async ({ client }) => {
    await client.call('albums.undo', {})
    await client.call('albums.redo', {})
  },
  'albums.suggest': known => known.client.call('albums.suggest', { id: album(known) }),
  'albums.askMe': ({ client }) => client.call('albums.askMe', {}),
  'models.list': ({ client }) => client.call('models.list', {}),
  'settings.get': ({ client }) => client.call('settings.get', {}),
  about: ({ client }) => client.call('about', {}),
  doctor: ({ client }) => client.call('doctor', {}),
}
