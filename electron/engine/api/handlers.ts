import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Example, Handlers, PhotoDetails, SearchResults } from '../../shared/contract.ts'
import { KindredError, nextStepFor } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { imagePath, thumbPath } from '../../shared/media-url.ts'
import type { Engine } from '../engine.ts'
import { displayPath, fsPath } from '../library/paths.ts'
import type { ImageReference } from '../retrieval/image-query.ts'
import { addSamples } from '../import/add-samples.ts'
import { readIgnore } from '../import/ignore.ts'
import { about } from './about.ts'
import { albumHandlers } from './album-handlers.ts'
import { browse } from './browse.ts'
import { libraryStatus, type EngineEvents } from './events.ts'
import { modelHandlers } from './model-handlers.ts'
import type { Uploads } from './uploads.ts'

/** How many hex digits of the content hash a URL carries: enough to tell versions of a photo apart. */
const HASH_DIGITS = 16

/** What the contract's methods do. Each is a few lines over the engine: no rule of the library lives here. */
export function createHandlers(engine: Engine, uploads: Uploads, events: EngineEvents): Handlers {
  const reference = (example: Example): ImageReference =>
    'photo' in example
      ? { id: example.photo as PhotoId }
      : { name: 'outside image', bytes: uploads.get(example.upload).bytes }

  const ignore = (): readonly string[] => readIgnore(engine.catalog)

  return {
    ...albumHandlers(engine, events),
    ...modelHandlers(engine, events),

    'library.status': () => libraryStatus(engine),

    'photos.list': () => engine.reader.grid(),

    'photos.get': ({ id }) => photoDetails(engine, id as PhotoId),

    'similar.search': async ({ examples, not, crop, ...limits }): Promise<SearchResults> => {
      const images = examples.map(reference)
      const request = {
        images,
        not: not.map(reference),
        ...limits,
        ...(crop ? { crop } : {}),
      }
      const { model, millis, photos } = await engine.nearest(request)
      return {
        model,
        millis,
        ids: photos.map(({ id }) => id),
        scores: photos.map(({ score }) => score),
        distances: photos.map(({ distance }) => distance),
      }
    },

    'folders.list': async () => {
      const paths = engine.catalog.roots()
      const photos = await engine.reader.countPhotosBelow(paths)
      const folders = paths.map((path, n) => ({
        path,
        reachable: statSync(fsPath(path), { throwIfNoEntry: false }) !== undefined,
        photos: photos[n]!,
      }))
      return { folders }
    },

    'folders.browse': ({ path }) => browse(path),

    'folders.add': ({ paths }) => ({ job: engine.startImport(paths, { ignore: ignore() }).id }),

    'folders.remove': async ({ path }) => {
      const removed = await engine.removeFolder(path)
      events.changed()
      return { removed }
    },

    'folders.rescan': () => ({ job: engine.startImport(reachableRoots(engine), { ignore: ignore() }).id }),

    'samples.add': async ({ perKind }) => ({
      job: await addSamples({
        samplesDir: engine.samplesDir,
        target: join(engine.layout.folder, 'samples'),
        perKind,
        jobs: engine.jobs,
        startImport: folder => engine.startImport([folder], { ignore: ignore() }),
      }),
    }),

    'jobs.list': () => events.snapshot('jobs'),
    'jobs.pause': ({ id }) => control(() => engine.jobs.pause(id)),
    'jobs.resume': ({ id }) => control(() => engine.jobs.resume(id)),
    'jobs.cancel': ({ id }) => control(() => engine.jobs.cancel(id)),

    'index.measure': () => ({ job: engine.indexing.measure().id }),

    'failures.list': () => ({
      failed: engine.catalog.files.failed().map(({ path, failureCode, failureMessage }) => ({
        path: displayPath(path),
        code: failureCode!,
        message: failureMessage!,
        nextStep: nextStepFor(failureCode!),
      })),
    }),

    'failures.retry': () => ({
      job: engine.startImport(reachableRoots(engine), { ignore: ignore(), retryFailed: true }).id,
    }),

    'settings.get': () => ({ ignore: ignore() }),

    'settings.set': settings => {
      engine.catalog.settings.set('ignore', JSON.stringify(settings.ignore))
      return settings
    },

    'runtimes.measure': () => engine.measureRuntimes(true),

    about: () => about(engine),
    doctor: ({ repair }) => engine.doctor(repair),
  }
}

function control(action: () => void): null {
  action()
  return null
}

function reachableRoots({ catalog }: Engine): string[] {
  const roots = catalog
    .roots()
    .filter(root => statSync(fsPath(root), { throwIfNoEntry: false }) !== undefined)
  if (roots.length === 0)
    throw new KindredError('folder-not-found', 'None of the folders of this library can be reached.')
  return roots
}

function photoDetails({ catalog }: Engine, id: PhotoId): PhotoDetails {
  const facts = catalog.photos.facts(id)
  if (!facts) throw new KindredError('photo-not-found', 'This photo is no longer in the library.')
  const present = catalog.files.presentOf(id)
  const files = present.length > 0 ? present : catalog.files.missingOf(id)
  const paths = files.map(({ path }) => displayPath(path))
  const hash = facts.contentHash.toString('hex').slice(0, HASH_DIGITS)
  const { format, bytes, width, height, takenAt, camera, latitude, longitude, addedAt } = facts
  return {
    ...{ id, name: basename(paths[0] ?? ''), paths, missing: present.length === 0 },
    ...{ format, bytes, width, height, takenAt, camera, latitude, longitude, addedAt },
    thumbnailUrl: thumbPath(id, hash),
    imageUrl: imagePath(id, hash),
  }
}
