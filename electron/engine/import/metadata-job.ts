/** @file Reads in the background what imports left out: metadata of photos of earlier versions, and by exiftool. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { pairKey } from '../library/pair-key.ts'
import { METADATA_VERSION, THOROUGH_VERSION } from '../library/pipeline-version.ts'
import type { PhotoMetadata } from '../library/rows.ts'
import type { MetadataWorkerApi } from './metadata.worker.ts'
import { Exiftool } from '../media/metadata/exiftool.ts'
import { fileDate } from '../media/metadata/name-date.ts'
import { isOutOfReach, readPhoto } from '../media/read-photo.ts'
import { videoMetadata } from '../media/video/video-traits.ts'
import type { EmbeddingIndex } from '../retrieval/index/embedding-index.ts'
import type { JobContext } from '../runtime/jobs/job-runner.ts'
import type { Logger } from '../runtime/log.ts'
import type { WorkerClient } from '../runtime/threads/rpc.ts'
import { followPairs, settlePairs, settlePairsOf } from './pairing.ts'

export interface MetadataTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly log: Logger
  /** Whether an import or something else that a person waits for is running. */
  readonly isBusy: () => boolean
  /** False where it was found before that exiftool cannot run. */
  readonly looksForExiftool: boolean
}

/** Files dated in one transaction. */
const FILES_AT_ONCE = 500
/** Milliseconds between two looks whether others have ended. */
const LOOK_AGAIN = 500
/** After each photo it rests as long as that took: half a core at most. */
const REST = 1

/** How many photos were read. */
export interface MetadataResult {
  readonly reread: number
  readonly thorough: number
  /** False where it was looked for and cannot run. */
  readonly hasExiftool: boolean
}

/** Works through what is lacking; stopped and begun again, it goes on where it was. */
export async function readMetadata(
  tools: MetadataTools,
  job: JobContext,
  worker: () => WorkerClient<MetadataWorkerApi>,
): Promise<MetadataResult> {
  const { catalog, index, log } = tools
  await dateFiles(tools, job)
  await pairFiles(tools, job)
  const thread = worker()
  try {
    const outdated = catalog.metadata.outdated(METADATA_VERSION)
    const reread = await forEach(tools, job, outdated, async photo => {
      const metadata = await readAgain(catalog, photo, thread)
      // What cannot be read now is tried again when the library is opened next.
      if (!metadata) return
      catalog.bulkTransaction(() => catalog.metadata.putEmbedded(photo, metadata, METADATA_VERSION))
      await settlePairsOf(catalog, index, photo)
    })
    const hasExiftool = await exiftoolWhereWanted(tools)
    const thorough = hasExiftool ? await readThoroughly(tools, job, thread) : 0
    if (outdated.length > 0 || thorough > 0) catalog.bulkTransaction(() => catalog.settings.bumpGeneration())
    return { reread, thorough, hasExiftool }
  } finally {
    await thread.close()
    log('info', 'Metadata were read')
  }
}

/** Files of earlier versions have no date by their names. */
async function dateFiles({ catalog }: MetadataTools, job: JobContext): Promise<void> {
  for (;;) {
    await job.checkpoint()
    const files = catalog.files.undated(FILES_AT_ONCE)
    if (files.length === 0) return
    catalog.bulkTransaction(() => {
      for (const file of files) catalog.files.setDate(file.id, fileDate(file.path, file))
    })
  }
}

/** Files of earlier versions belong to none yet. */
async function pairFiles({ catalog, index }: MetadataTools, job: JobContext): Promise<void> {
  for (;;) {
    await job.checkpoint()
    const files = catalog.parts.unpaired(FILES_AT_ONCE)
    if (files.length === 0) return
    const changed = catalog.bulkTransaction(() => {
      for (const { id, path } of files) catalog.parts.setKey(id, pairKey(path))
      const paths = files.map(({ path }) => path)
      const changed = [...settlePairs(catalog, paths)]
      if (changed.length > 0) catalog.settings.bumpGeneration()
      return changed
    })
    await followPairs(catalog, index, changed)
  }
}

async function readAgain(
  catalog: Catalog,
  photo: PhotoId,
  thread: WorkerClient<MetadataWorkerApi>,
): Promise<PhotoMetadata | undefined> {
  try {
    const path = catalog.files.pathOf(photo)
    const read = path === undefined ? undefined : await readPhoto(path)
    if (!read || !catalog.photos.byId(photo)?.contentHash.equals(read.contentHash)) return undefined
    if (read.video) return videoMetadata(read.video)
    return await thread.callWith([read.bytes.buffer], 'embedded', read.bytes)
  } catch {
    return undefined
  }
}

/** Whether exiftool can do what is lacking. */
async function exiftoolWhereWanted({ catalog, log, looksForExiftool }: MetadataTools): Promise<boolean> {
  if (!looksForExiftool) return false
  const isThere = catalog.metadata.lacking(THOROUGH_VERSION, 1).length === 0 || (await Exiftool.isThere())
  if (!isThere) log('info', 'exiftool cannot run here (it needs Perl): some photos keep fewer metadata')
  return isThere
}

async function readThoroughly(
  tools: MetadataTools,
  job: JobContext,
  thread: WorkerClient<MetadataWorkerApi>,
): Promise<number> {
  const { catalog, index } = tools
  const lacking = catalog.metadata.lacking(THOROUGH_VERSION)
  if (lacking.length === 0) return 0
  const exiftool = new Exiftool()
  try {
    return await forEach(tools, job, lacking, async photo => {
      const path = catalog.files.pathOf(photo)
      if (path === undefined || (await isOutOfReach(path))) return
      const tags = await exiftool.read(path)
      const metadata = tags ? await thread.call('thorough', tags) : {}
      catalog.bulkTransaction(() => catalog.metadata.putThorough(photo, metadata, THOROUGH_VERSION))
      await settlePairsOf(catalog, index, photo)
    })
  } finally {
    exiftool.close()
  }
}

/** One photo after the other, giving way to all else. */
async function forEach(
  { isBusy }: MetadataTools,
  job: JobContext,
  photos: readonly PhotoId[],
  work: (photo: PhotoId) => Promise<void>,
): Promise<number> {
  if (photos.length === 0) return 0
  job.progress.begin('describing', photos.length)
  for (const photo of photos) {
    await job.checkpoint()
    while (isBusy()) {
      await sleep(LOOK_AGAIN)
      await job.checkpoint()
    }
    const began = performance.now()
    await work(photo)
    job.progress.advance(1)
    await sleep(REST * Math.min(1000, performance.now() - began))
  }
  return photos.length
}
