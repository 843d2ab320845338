import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import { indexBuilder, indexHost } from './index-host.ts'
import type { MeasuredSearch } from './measure-search.ts'

/** Sample photos for each list, and rounds of k-means: more of either gained nothing (docs/performance.md). */
const SAMPLE_PER_LIST = 50
const ROUNDS = 6
/** Photos copied in one call. */
const CHUNK = 8192

/** Lists of an inverted file: a power of two near twice the root of the number of photos. */
export const listsFor = (photos: number): number => 2 ** Math.round(Math.log2(2 * Math.sqrt(photos)))

export interface BuiltIndex {
  readonly handle: number
  readonly lists: number
  readonly seconds: number
}

/** Where long work reports its steps, and how it is stopped. */
interface Steps {
  readonly progress: Pick<JobContext['progress'], 'begin' | 'advance'>
  readonly signal: AbortSignal
}

/**
 * Builds an inverted file of these photos of an index, beside it.
 * @param from handle of the index
 * @param heldOut photos that take no part in the training of the lists
 */
export async function buildInvertedFile(
  from: number,
  photos: readonly number[],
  heldOut: ReadonlySet<number>,
  { progress, signal }: Steps,
): Promise<BuiltIndex> {
  const builder = indexBuilder()
  const started = performance.now()
  const lists = listsFor(photos.length)
  const step = Math.max(1, photos.length / (SAMPLE_PER_LIST * lists))
  const sample = Array.from(
    { length: Math.floor(photos.length / step) },
    (_, i) => photos[Math.floor(i * step)]!,
  )
  progress.begin('clustering')
  const trained = Uint32Array.from(sample.filter(id => !heldOut.has(id)))
  const handle = await builder.call('train', from, lists, trained, ROUNDS, 1)
  try {
    progress.begin('indexing', photos.length)
    for (let at = 0; at < photos.length; at += CHUNK) {
      signal.throwIfAborted()
      const chunk = photos.slice(at, at + CHUNK)
      await builder.call('copy', handle, from, Uint32Array.from(chunk))
      progress.advance(chunk.length)
    }
    await builder.call('compact', handle)
  } catch (error) {
    await indexHost().call('close', handle)
    throw error
  }
  return { handle, lists, seconds: (performance.now() - started) / 1000 }
}

/**
 * Returns the smallest nprobe, out of 1, 2, 3, 5, 8 and so on, with a recall@10 of at least `recall`, or all lists.
 * @param exact handle of the flat index whose exact search is the truth
 * @param onMeasured called with each nprobe that was measured, the last being the one returned
 */
export async function findNprobe(
  exact: number,
  { handle, lists }: BuiltIndex,
  queries: Uint32Array,
  recall: number,
  signal: AbortSignal,
  onMeasured: (nprobe: number, measured: MeasuredSearch) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly best: number; readonly measured: MeasuredSearch }> {
  const measure = async (nprobe: number): Promise<MeasuredSearch> => {
    signal.throwIfAborted()
    const measured = await indexBuilder().call('measure', exact, handle, queries, nprobe)
    await onMeasured(nprobe, measured)
    return measured
  }
  const isEnough = (nprobe: number, { recallAt10 }: MeasuredSearch): boolean =>
    recallAt10 >= recall || nprobe >= lists
  let best = 1
  let measured = await measure(best)
  while (!isEnough(best, measured)) {
    best = Math.ceil(best * 1.5)
    measured = await measure(best)
  }
  return { best, measured }
}
