import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { BenchResult } from '../../../shared/results.ts'
import { looksLikePhoto } from '../../media/formats/image-formats.ts'
import { mapConcurrently } from '../../runtime/jobs/pipeline.ts'
import { bundledModelCard, readModel } from '../../vision/network/model-card.ts'

/** Enough for some seconds, few enough to be drawn in less than a minute. */
const PHOTOS = 96
const DISTINCT = 24

/** A library that is open. */
export interface ImportingEngine {
  readonly library: { import(folders: readonly string[]): Promise<unknown> }
  close(): Promise<void>
}

export interface ImportPorts {
  /** Opens a library, making it where there is none. */
  readonly openEngine: (libraryDir: string) => Promise<ImportingEngine>
  /** Writes `count` photos as a camera makes them, `distinct` of them with a picture of their own. */
  readonly drawCameraPhotos: (
    folder: string,
    count: number,
    distinct: number,
  ) => Promise<{ readonly megapixels: number }>
}

/** The import of photos as large as a camera's beside a bare loop over them. */
export async function benchImport(
  folder: string,
  resourcesDir: string,
  { openEngine, drawCameraPhotos }: ImportPorts,
): Promise<BenchResult['import']> {
  const photos = join(folder, 'camera')
  const { megapixels } = await drawCameraPhotos(photos, PHOTOS, DISTINCT)
  const { bare, imported } = await compareImport(photos, resourcesDir, () =>
    openEngine(join(folder, 'library')),
  )
  return {
    photos: PHOTOS,
    megapixels,
    photosPerSecond: imported.photosPerSecond,
    decodeOnlyPhotosPerSecond: bare.photosPerSecond,
    ratio: imported.photosPerSecond / bare.photosPerSecond,
  }
}

export interface Pace {
  readonly photosPerSecond: number
  /** Processor time of all threads, in milliseconds: what a busy machine disturbs least. */
  readonly cpuMillisPerPhoto: number
}

/** Decodes a file and resizes it to a square, and does nothing else. */
export type BareDecode = (file: string, size: number) => Promise<unknown>

const bySharp: BareDecode = (file, size) => sharp(file).resize(size, size).raw().toBuffer()

/**
 * The whole import into a new library against a loop that only decodes and resizes the same files, before and after it,
 * with the files in the system's memory.
 */
export async function compareImport(
  photos: string,
  resourcesDir: string,
  openEngine: () => Promise<ImportingEngine>,
  decode = bySharp,
): Promise<{ bare: Pace; imported: Pace }> {
  const files = await filesBelow(photos)
  const { size } = readModel(bundledModelCard(resourcesDir)).card.input
  const engine = await openEngine()
  try {
    // Loads what is loaded once, into the system's memory and this process.
    await decodeAll(files, size, decode)
    const before = await paceOf(files.length, () => decodeAll(files, size, decode))
    const imported = await paceOf(files.length, () => engine.library.import([photos]))
    const after = await paceOf(files.length, () => decodeAll(files, size, decode))
    const bare = {
      photosPerSecond: 2 / (1 / before.photosPerSecond + 1 / after.photosPerSecond),
      cpuMillisPerPhoto: (before.cpuMillisPerPhoto + after.cpuMillisPerPhoto) / 2,
    }
    return { bare, imported }
  } finally {
    await engine.close()
  }
}

async function paceOf(photos: number, work: () => Promise<unknown>): Promise<Pace> {
  const [cpu, started] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return {
    photosPerSecond: photos / ((performance.now() - started) / 1000),
    cpuMillisPerPhoto: (user + system) / 1000 / photos,
  }
}

async function decodeAll(files: readonly string[], size: number, decode: BareDecode): Promise<void> {
  const decodeOne = (file: string): Promise<unknown> => decode(file, size)
  for await (const _ of mapConcurrently(files, availableParallelism() + 1, decodeOne));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile() && looksLikePhoto(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
}
