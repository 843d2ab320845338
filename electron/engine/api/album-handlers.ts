import type { Handlers } from '../../shared/contract.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { EngineEvents } from './events.ts'
import type { Services } from './services.ts'

type AlbumMethod = Extract<keyof Handlers, `albums.${string}`>

/** What the contract's methods on albums do. */
export function albumHandlers(services: Services, events: EngineEvents): Pick<Handlers, AlbumMethod> {
  const { albums, catalog } = services
  const photoIds = (photos: readonly number[]): readonly PhotoId[] => photos as readonly PhotoId[]
  const done = (action: () => void): null => {
    action()
    return null
  }
  return {
    'albums.list': () => events.snapshot('albums'),
    'albums.create': ({ name, photos }) => ({ id: albums.create(name, photoIds(photos)) }),
    'albums.rename': ({ id, name }) => done(() => albums.rename(id, name)),
    'albums.delete': ({ id }) => done(() => albums.delete(id)),
    'albums.reorder': ({ ids }) => done(() => albums.reorder(ids)),
    'albums.setTeaches': ({ id, teaches }) => done(() => albums.setTeaches(id, teaches)),
    'albums.add': ({ id, photos }) => ({ added: albums.add(id, photoIds(photos)) }),
    'albums.remove': ({ id, photos }) => ({ removed: albums.remove(id, photoIds(photos)) }),
    'albums.photos': ({ id }) => ({ ids: catalog.albums.photosOf(id) }),
    'albums.ofPhotos': ({ photos }) => ({
      albums: photoIds(photos).map(photo => catalog.albums.albumsOf(photo)),
    }),
    'albums.importFolder': ({ path }) => ({ job: albums.startImport(path).id }),
    'albums.suggest': ({ id, limit }) => albums.suggest(id, limit),
    'albums.refuse': ({ id, photos }) => done(() => albums.refuse(id, photoIds(photos))),
    'albums.noneOf': ({ albums: among, photo }) => done(() => albums.noneOf(among, photo as PhotoId)),
    'albums.askMe': async ({ limit }) => ({ questions: await albums.askMe(limit) }),
    'albums.notLike': ({ anchors, photo }) => done(() => albums.notLike(photoIds(anchors), photo as PhotoId)),
    'albums.undo': () => ({ label: albums.undo() }),
    'albums.redo': () => ({ label: albums.redo() }),
  }
}
