import { asKindredError } from '../../../shared/errors.ts'
import type { RuntimeRow } from '../../../shared/results.ts'
import { quantile } from '../../../shared/quantile.ts'
import type { NetworkPixels } from '../../media/decode.ts'
import { compareFeatures } from '../network/feature-agreement.ts'
import { BATCH_SIZE, type Embedder } from '../network/embedder.ts'
import type { Network } from '../network/model-card.ts'
import { OnnxEmbedder } from './onnx-embedder.ts'
import { CPU_RUNTIME, type Candidate } from './candidates.ts'
import { ProcessEmbedder, type Deadlines } from './process-embedder.ts'

/** Photos on which runtimes are compared. */
export const BENCHMARK_PHOTOS = 64
/** Each runtime embeds all photos, again and again for the former time; one slower than the CPU stops after the latter. */
const TIME_MS = { least: 1000, most: 3000 }
/** A runtime that takes so long for one photo, and four times as long as the CPU, gets no batches. */
const SLOW_PHOTO_MS = 750
/** Where the CPU takes so long for one photo, a single batch must do. */
const SLOW_CPU_MS = 250
/** Another runtime is worth its process where it is so many times as fast as the CPU. */
const WORTH = 1.1

export interface BenchmarkOptions {
  readonly candidates: readonly Candidate[]
  readonly signal?: AbortSignal | undefined
  readonly deadlines?: Deadlines | undefined
}

/**
 * Times the network in each runtime on the same photos, compares its features with those of the CPU, and chooses the
 * fastest that agrees. It takes a few seconds for each that loads.
 * @returns the CPU first, then the candidates in their order
 * @throws the reason of the signal; KindredError `runtime-failed` when not even the CPU runs the network
 */
export async function compareRuntimes(
  network: Network,
  photos: readonly NetworkPixels[],
  { candidates, signal, deadlines }: BenchmarkOptions,
): Promise<RuntimeRow[]> {
  const reference = await timeCpu(network, photos, signal)
  const rows = [reference.row]
  for (const candidate of candidates) {
    const embedder = new ProcessEmbedder(candidate, network, deadlines)
    const stop = (): void => void embedder.close()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      signal?.throwIfAborted()
      rows.push(await tryRuntime(embedder, reference, signal))
    } finally {
      signal?.removeEventListener('abort', stop)
      await embedder.close()
    }
    signal?.throwIfAborted()
  }
  const chosen = fastest(rows)
  return rows.map(row => ({ ...row, chosen: row === chosen }))
}

function fastest(rows: readonly RuntimeRow[]): RuntimeRow | undefined {
  const [cpu, ...others] = rows.filter(({ state }) => state === 'fits')
  const best = others.sort((a, b) => speed(b) - speed(a))[0]
  return best && cpu && speed(best) > WORTH * speed(cpu) ? best : cpu
}

const speed = ({ photosPerSecond }: RuntimeRow): number => photosPerSecond ?? 0

/** What the CPU made of the photos. */
interface Reference {
  readonly row: RuntimeRow
  readonly photos: readonly NetworkPixels[]
  readonly features: Float32Array
  readonly photoMs: number
}

async function timeCpu(
  network: Network,
  all: readonly NetworkPixels[],
  signal: AbortSignal | undefined,
): Promise<Reference> {
  const embedder = new OnnxEmbedder(network)
  try {
    const single = await timeOne(embedder, all)
    const photos = single.millis > SLOW_CPU_MS ? all.slice(0, BATCH_SIZE) : all
    const { features, photoMs } = await timeBatches(embedder, photos, Infinity, signal)
    const row: RuntimeRow = {
      runtime: CPU_RUNTIME,
      state: 'fits',
      reason: null,
      photosPerSecond: 1000 / photoMs,
      lowestCosine: 1,
      chosen: false,
    }
    return { row, photos, features, photoMs }
  } finally {
    await embedder.close()
  }
}

async function tryRuntime(
  embedder: ProcessEmbedder,
  { photos, features: expected, photoMs: cpuMs }: Reference,
  signal: AbortSignal | undefined,
): Promise<RuntimeRow> {
  const row = { runtime: embedder.runtime, photosPerSecond: null, lowestCosine: null, chosen: false }
  try {
    await embedder.load()
  } catch (error) {
    return { ...row, state: 'absent', reason: asKindredError(error).message }
  }
  try {
    const single = await timeOne(embedder, photos)
    const isSlow = single.millis > Math.max(SLOW_PHOTO_MS, 4 * cpuMs)
    const most = Math.max(TIME_MS.most, photos.length * cpuMs)
    const { features, photoMs } = isSlow
      ? { features: single.features, photoMs: single.millis }
      : await timeBatches(embedder, photos, most, signal)
    const { agrees, lowestCosine } = compareFeatures(features, expected, embedder.featureLength)
    const measured = { ...row, photosPerSecond: 1000 / photoMs, lowestCosine }
    if (!agrees) return { ...measured, state: 'differs', reason: 'Its features are not those of the CPU.' }
    const isComplete = features.length === expected.length
    return { ...measured, state: isComplete ? 'fits' : 'slow', reason: null }
  } catch (error) {
    return { ...row, state: 'failed', reason: asKindredError(error).message }
  }
}

/** Times the first photo by itself, after once to warm up. */
async function timeOne(embedder: Embedder, photos: readonly NetworkPixels[]) {
  const first = photos.slice(0, 1)
  await embedder.features(first)
  const started = performance.now()
  const features = await embedder.features(first)
  return { features, millis: performance.now() - started }
}

/**
 * Times all photos in batches, again and again for at least `TIME_MS.least`.
 * @param most milliseconds after which it stops, even where photos are left
 * @returns the features of the photos that it embedded, and the median time for one
 */
async function timeBatches(
  embedder: Embedder,
  photos: readonly NetworkPixels[],
  most: number,
  signal: AbortSignal | undefined,
): Promise<{ features: Float32Array; photoMs: number }> {
  const batches = Array.from({ length: Math.ceil(photos.length / BATCH_SIZE) }, (_, n) =>
    photos.slice(n * BATCH_SIZE, (n + 1) * BATCH_SIZE),
  )
  await embedder.features(batches[0]!)
  const features: Float32Array[] = []
  const millis: number[] = []
  const begun = performance.now()
  const isEnough = (): boolean =>
    performance.now() - begun > (millis.length < batches.length ? most : TIME_MS.least)
  do {
    const batch = batches[millis.length % batches.length]!
    const started = performance.now()
    const rows = await embedder.features(batch)
    millis.push((performance.now() - started) / batch.length)
    if (features.length < batches.length) features.push(rows)
    signal?.throwIfAborted()
  } while (!isEnough())
  return { features: Float32Array.from(features.flatMap(rows => [...rows])), photoMs: quantile(millis, 0.5) }
}
