import type {
  Example,
  Handlers,
  LibrarySettings,
  PhotoDetails,
  SearchResults,
} from '../../shared/contract.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { imagePath, thumbPath } from '../../shared/media-url.ts'
import { addSamples } from '../import/add-samples.ts'
import type { QueryImage } from '../retrieval/image-query.ts'
import { albumHandlers } from './album-handlers.ts'
import { browse } from './browse.ts'
import type { EngineEvents } from './events.ts'
import { modelHandlers } from './model-handlers.ts'
import type { Services } from './services.ts'
import type { Uploads } from './uploads.ts'

/** How many hex digits of the content hash a URL carries: enough to tell versions of a photo apart. */
const HASH_DIGITS = 16

/** What the contract's methods do. Each is a few lines over the services: no rule of the library lives here. */
export function createHandlers(services: Services, uploads: Uploads, events: EngineEvents): Handlers {
  const image = ({ weight, crop, ...example }: Example): QueryImage =>
    'photo' in example
      ? { id: example.photo as PhotoId, weight, crop }
      : { name: 'external image', bytes: uploads.get(example.upload).bytes, weight, crop }

  const { library, overview, films, regions, search, tuner, diagnostics, jobs, layout, watch } = services

  return {
    ...albumHandlers(services, events),
    ...modelHandlers(services, events),

    'library.status': () => events.snapshot('library'),

    'photos.list': () => overview.grid(),

    'photos.away': async () => ({ ids: await overview.photosOnlyBelow(watch.away) }),

    'photos.get': ({ id }) => photoDetails(services, id as PhotoId),

    'photos.captions': ({ photos }) => overview.captions(photos as PhotoId[]),

    'photos.film': async ({ id }) => ({ path: await films.file(id as PhotoId) }),

    'photos.facets': () => overview.facets(),

    'photos.matching': async ({ filter }) => ({ ids: [...(await overview.photosWithin(filter))] }),

    'photos.imports': async ({ atLeast }) => ({ imports: await overview.recentImports(atLeast) }),

    'similar.search': async ({ examples, not, ...limits }): Promise<SearchResults> => {
      const request = { images: examples.map(image), not: not.map(image), ...limits }
      const { model, millis, photos, probabilities, end, calibration } = await search.nearest(request)
      return {
        model,
        millis,
        ids: photos.map(({ id }) => id),
        scores: photos.map(({ score }) => score),
        distances: photos.map(({ distance }) => distance),
        probabilities,
        end,
        calibration,
      }
    },

    'similar.why': ({ examples, photo }) => regions.match(examples.map(image), photo as PhotoId),

    'folders.list': async () => ({
      folders: (await overview.folders()).map(folder => ({
        ...folder,
        watching: watch.watchingOf(folder.path),
      })),
    }),

    'folders.browse': ({ path }) => browse(path),

    'folders.add': ({ paths }) => ({ job: library.startImport(paths).id }),

    'folders.remove': async ({ path }) => {
      const removed = await library.removeFolder(path)
      events.changed()
      return { removed }
    },

    'folders.rescan': () => ({ job: library.rescan().id }),

    'samples.add': async ({ perKind }) => ({
      job: await addSamples({
        samplesDir: services.samplesDir,
        target: layout.samples,
        perKind,
        jobs,
        startImport: folder => library.startImport([folder]),
      }),
    }),

    'jobs.list': () => events.snapshot('jobs'),
    'jobs.pause': ({ id }) => control(() => jobs.pause(id)),
    'jobs.resume': ({ id }) => control(() => jobs.resume(id)),
    'jobs.cancel': ({ id }) => control(() => jobs.cancel(id)),

    'index.measure': () => ({ job: tuner.measure().id }),

    'failures.list': () => ({ failed: overview.failures(), damaged: overview.damaged() }),

    'failures.retry': () => ({ job: library.rescan({ retryFailed: true }).id }),

    'folders.look': () => control(() => watch.look()),

    'folders.leftOut': () => ({ leftOut: overview.leftOut() }),

    'settings.get': () => settingsOf(services),

    'settings.set': ({ ignore, takesNoMedia, watches }) => {
      if (ignore) library.ignore = ignore
      if (takesNoMedia !== undefined) library.takesNoMedia = takesNoMedia
      if (watches !== undefined) watch.enabled = watches
      return settingsOf(services)
    },

    'runtimes.measure': () => diagnostics.measureRuntimes(true),

    about: () => diagnostics.about(),
    doctor: ({ repair }) => diagnostics.doctor(repair),
  }
}

const settingsOf = ({ library, watch }: Services): LibrarySettings => ({
  ignore: library.ignore,
  takesNoMedia: library.takesNoMedia,
  watches: watch.enabled,
})

function control(action: () => void): null {
  action()
  return null
}

function photoDetails({ overview }: Services, id: PhotoId): PhotoDetails {
  const { facts, details } = overview.photo(id)
  const hash = facts.contentHash.toString('hex').slice(0, HASH_DIGITS)
  return { ...details, thumbnailUrl: thumbPath(id, hash), imageUrl: imagePath(id, hash) }
}
