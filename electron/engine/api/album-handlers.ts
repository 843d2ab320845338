import type { Handlers } from '../../shared/contract.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { EngineEvents } from './events.ts'
import type { Services } from './services.ts'

type AlbumMethod = Extract<keyof Handlers, `albums.${string}`>

/** The contract's methods on albums and labels. */
export function albumHandlers(services: Services, events: EngineEvents): Pick<Handlers, AlbumMethod> {
  const { queries, commands, importer } = services.albums
  const { labels } = services
  const photoIds = (photos: readonly number[]): readonly PhotoId[] => photos as readonly PhotoId[]
  const done = (action: () => void): null => {
    action()
    return null
  }
  return {
    'albums.list': () => events.snapshot('albums'),
    'albums.create': ({ name, photos }) => ({ id: commands.create(name, photoIds(photos)) }),
    'albums.rename': ({ id, name }) => done(() => commands.rename(id, name)),
    'albums.delete': ({ id }) => done(() => commands.delete(id)),
    'albums.reorder': ({ ids }) => done(() => commands.reorder(ids)),
    'albums.setTeaches': ({ id, teaches }) => done(() => commands.setUsedForTraining(id, teaches)),
    'albums.add': ({ id, photos }) => ({ added: commands.add(id, photoIds(photos)) }),
    'albums.remove': ({ id, photos }) => ({ removed: commands.remove(id, photoIds(photos)) }),
    'albums.photos': ({ id }) => ({ ids: queries.photosOf(id) }),
    'albums.ofPhotos': ({ photos }) => ({
      albums: photoIds(photos).map(photo => queries.albumsOf(photo)),
    }),
    'albums.importFolder': ({ path }) => ({ job: importer.start(path).id }),
    'albums.suggest': ({ id, limit }) => labels.suggest(id, limit),
    'albums.refuse': ({ id, photos }) => done(() => commands.refuse(id, photoIds(photos))),
    'albums.noneOf': ({ albums, photo }) => done(() => commands.noneOf(albums, photo as PhotoId)),
    'albums.askMe': async ({ limit }) => ({ questions: await labels.askMe(limit) }),
    'albums.notLike': ({ anchors, photo }) =>
      done(() => commands.notLike(photoIds(anchors), photo as PhotoId)),
    'albums.undo': () => ({ label: commands.undo() }),
    'albums.redo': () => ({ label: commands.redo() }),
  }
}
