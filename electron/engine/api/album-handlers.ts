import type { Changed, Handlers } from '../../shared/contract.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { EngineEvents } from './events.ts'
import type { Services } from './services.ts'

type AlbumMethod = Extract<keyof Handlers, `albums.${string}`>

/** The contract's methods on albums and labels. */
export function albumHandlers(services: Services, events: EngineEvents): Pick<Handlers, AlbumMethod> {
  const { queries, commands, importer } = services.albums
  const { labels } = services
  const photoIds = (photos: readonly number[]): readonly PhotoId[] => photos as readonly PhotoId[]
  /** Runs a command, and adds the id of the change that it recorded. */
  const changing = <T>(command: () => T): T & Changed => {
    const before = commands.latestChange
    const result = command()
    const latest = commands.latestChange
    return { ...result, change: latest === before ? null : latest }
  }
  return {
    'albums.list': () => events.snapshot('albums'),
    'albums.create': ({ name, photos }) => changing(() => ({ id: commands.create(name, photoIds(photos)) })),
    'albums.rename': ({ id, name }) => changing(() => commands.rename(id, name)),
    'albums.delete': ({ id }) => changing(() => commands.delete(id)),
    'albums.reorder': ({ ids }) => changing(() => commands.reorder(ids)),
    'albums.setTeaches': ({ id, teaches }) => changing(() => commands.setUsedForTraining(id, teaches)),
    'albums.add': ({ id, photos }) => changing(() => ({ added: commands.add(id, photoIds(photos)) })),
    'albums.remove': ({ id, photos }) => changing(() => ({ removed: commands.remove(id, photoIds(photos)) })),
    'albums.photos': ({ id }) => ({ ids: queries.photosOf(id) }),
    'albums.ofPhotos': ({ photos }) => ({
      albums: photoIds(photos).map(photo => queries.albumsOf(photo)),
    }),
    'albums.importFolder': ({ path }) => ({ job: importer.start(path).id }),
    'albums.suggest': ({ id, limit }) => labels.suggest(id, limit),
    'albums.refuse': ({ id, photos }) => changing(() => commands.refuse(id, photoIds(photos))),
    'albums.noneOf': ({ albums, photo }) => changing(() => commands.noneOf(albums, photo as PhotoId)),
    'albums.askMe': async ({ limit }) => ({ questions: await labels.askMe(limit) }),
    'albums.notLike': ({ anchors, photo }) =>
      changing(() => commands.notLike(photoIds(anchors), photo as PhotoId)),
    'albums.undo': ({ change }) => ({ undone: commands.undo(change) }),
    'albums.redo': ({ change }) => ({ redone: commands.redo(change) }),
  }
}
