import type { PhotoId } from '../../../shared/ids.ts'
import { Random } from '../../../shared/random.ts'
import type { IndexRow, IndexTuning } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import { FLAT, INVERTED_FILE } from '../stores/faiss-store.ts'
import { directIndex, indexBuilder, indexHost } from './index-host.ts'
import type { EmbeddingIndex, IndexLayout } from './embedding-index.ts'
import type { MeasuredSearch } from './measure-search.ts'
import { readTuning, writeTuning } from './tuning-record.ts'

export interface TuningTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly now: () => number
}

/** What decides about the index of a library; tests have limits of their own. */
export interface TuningLimits {
  /** Milliseconds that exact search may take (median) before something else is tried. */
  readonly exactMillis: number
  /** Photos below which lists are not worth their training. */
  readonly fewestPhotos: number
  /** Share of the ten nearest that must be found. */
  readonly recall: number
}

/** The article's search took 4.09 ms for 8,189 photos: a search here never takes longer, whatever the library's size. */
export const tuningLimits: TuningLimits = { exactMillis: 4.09, fewestPhotos: 10_000, recall: 0.98 }

/** Photos that ask; they are held out of the training of the lists. */
const QUERIES = 200
/** Those that tell whether exact search has become slow. */
const PROBING = 24
/** Photos of the training sample for each list, and rounds of k-means: more of either gained nothing (docs/performance.md). */
const SAMPLE_PER_LIST = 50
const ROUNDS = 6
/** Photos copied in one call. */
const CHUNK = 8192
/** Growth after which the lists are made anew, and after which it is asked again whether exact search is fast enough. */
const OUTGROWN = 3
const WORTH_ASKING = 1.3

/** Lists of an inverted file: a power of two near twice the root of the number of photos. */
export const listsFor = (photos: number): number => 2 ** Math.round(Math.log2(2 * Math.sqrt(photos)))

/** Whether the index should be measured, and perhaps laid out anew: it has grown, and exact search has become slow. */
export async function isTuningDue(
  { catalog, index }: TuningTools,
  limits: TuningLimits = tuningLimits,
): Promise<boolean> {
  if (!directIndex() || index.size < limits.fewestPhotos) return false
  const known = readTuning(catalog.settings, index.version.headId)
  if (index.layout.lists > 0) return !known || index.size > OUTGROWN * known.vectors
  const wasFast = known?.rows.some(row => row.chosen && row.lists === 0)
  if (wasFast && index.size < WORTH_ASKING * known!.vectors) return false
  const { p50 } = await index.withVectors(({ handle }) =>
    indexBuilder().call('measure', handle, handle, drawPhotos(index, PROBING), 0),
  )
  return p50 > limits.exactMillis
}

/**
 * Measures exact search on this library, and an inverted file beside it, and takes the faster one that finds what it
 * must. Searches go on meanwhile.
 */
export async function tuneIndex(
  tools: TuningTools,
  job: JobContext,
  limits: TuningLimits = tuningLimits,
): Promise<IndexTuning> {
  const { catalog, index, now } = tools
  return index.withVectors(async ({ handle, version }) => {
    const queries = drawPhotos(index, QUERIES)
    const about = { vectors: index.size, dimension: version.head.dimension, queries: queries.length }
    const finish = (reason: string, rows: readonly IndexRow[]): IndexTuning => {
      const tuning = { measuredAt: now(), ...about, reason, rows }
      writeTuning(catalog.settings, version.headId, tuning)
      return tuning
    }
    if (!directIndex()) {
      const { kind } = await indexHost().call('describe')
      return finish(`This machine has ${kind} only, which is exact.`, [])
    }
    job.progress.begin('measuring')
    const builder = indexBuilder()
    const describe = async (
      vectors: number,
      layout: IndexLayout,
      buildSeconds: number,
      measured: MeasuredSearch,
    ): Promise<IndexRow> => ({
      index: layout.lists > 0 ? INVERTED_FILE : FLAT,
      ...{ lists: layout.lists, nprobe: layout.nprobe, buildSeconds },
      ...{ p50Micros: measured.p50 * 1000, p95Micros: measured.p95 * 1000 },
      ...{ recallAt10: measured.recallAt10, recallAt100: measured.recallAt100 },
      bytes: await builder.call('bytes', vectors),
      chosen: false,
    })
    const exactLayout = { lists: index.layout.lists, nprobe: 0 }
    const exact = await describe(
      handle,
      exactLayout,
      0,
      await builder.call('measure', handle, handle, queries, 0),
    )
    if (about.vectors < limits.fewestPhotos || exact.p50Micros <= 1000 * limits.exactMillis)
      if (exactLayout.lists === 0) return finish('Exact search is fast enough.', [{ ...exact, chosen: true }])

    const built = await buildInvertedFile(
      handle,
      [...index.photos],
      new Set(queries as Iterable<PhotoId>),
      job,
    )
    job.progress.begin('measuring')
    const rows: IndexRow[] = []
    try {
      await findNprobe(handle, built, queries, limits.recall, job.signal, async (nprobe, measured) => {
        rows.push(await describe(built.handle, { lists: built.lists, nprobe }, built.seconds, measured))
      })
      const best = rows.at(-1)!
      const pays = best.recallAt10 >= limits.recall && best.p50Micros < exact.p50Micros
      const taken = pays && (await index.swapLayout(built.handle, best, version))
      if (!taken) await indexHost().call('close', built.handle)
      if (taken) await index.save()
      return taken
        ? finish('The fastest that finds what exact search finds.', [
            exact,
            ...rows.with(-1, { ...best, chosen: true }),
          ])
        : finish('Nothing faster finds enough of what exact search finds.', [
            { ...exact, chosen: true },
            ...rows,
          ])
    } catch (error) {
      await indexHost().call('close', built.handle)
      throw error
    }
  })
}

export interface BuiltIndex {
  readonly handle: number
  readonly lists: number
  readonly seconds: number
}

/** What long work tells of itself, and how it is stopped. */
interface Steps {
  readonly progress: Pick<JobContext['progress'], 'begin' | 'advance'>
  readonly signal: AbortSignal
}

/**
 * The fewest lists that must be looked through to find enough, and what was measured with them.
 * @param from the flat index that tells what is right
 */
export async function findNprobe(
  from: number,
  { handle, lists }: BuiltIndex,
  queries: Uint32Array,
  recall: number,
  signal: AbortSignal,
  onMeasured: (nprobe: number, measured: MeasuredSearch) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly best: number; readonly measured: MeasuredSearch }> {
  for (let nprobe = 1; ; nprobe = Math.ceil(nprobe * 1.5)) {
    signal.throwIfAborted()
    const measured = await indexBuilder().call('measure', from, handle, queries, nprobe)
    await onMeasured(nprobe, measured)
    if (measured.recallAt10 >= recall || nprobe >= lists) return { best: nprobe, measured }
  }
}

/**
 * An inverted file of these photos of an index, made beside it.
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
  const handle = await builder.call(
    'train',
    from,
    lists,
    Uint32Array.from(sample.filter(id => !heldOut.has(id))),
    ROUNDS,
    1,
  )
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

function drawPhotos({ photos }: EmbeddingIndex, count: number): Uint32Array {
  const random = new Random('queries')
  const all = [...photos]
  if (all.length <= 2 * count) return Uint32Array.from(random.shuffled(all).slice(0, count))
  const drawn = new Set<PhotoId>()
  while (drawn.size < count) drawn.add(random.pick(all))
  return Uint32Array.from(drawn)
}
