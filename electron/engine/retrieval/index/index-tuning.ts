import type { PhotoId } from '../../../shared/ids.ts'
import { Random } from '../../../shared/random.ts'
import type { IndexRow, IndexTuning } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { FLAT, INVERTED_FILE } from '../stores/faiss-store.ts'
import type { EmbeddingIndex } from './embedding-index.ts'
import { directIndex, indexBuilder, indexHost } from './index-host.ts'
import type { IndexLayout } from './index-lease.ts'
import { buildInvertedFile, findNprobe } from './inverted-file.ts'
import type { MeasuredSearch } from './measure-search.ts'
import { readTuning, writeTuning } from './tuning-record.ts'

export interface TuningTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly now: () => number
}

/** When something faster than exact search is tried, and what it must find to be used. */
export interface TuningLimits {
  /** Milliseconds that exact search may take (median) before something else is tried. */
  readonly exactMillis: number
  /** Photos below which lists are not worth their training. */
  readonly fewestPhotos: number
  /** The recall@10 that a faster search must reach. */
  readonly recall: number
}

/** The article's search took 4.09 ms for 8,189 photos: a search here never takes longer, whatever the library's size. */
export const tuningLimits: TuningLimits = { exactMillis: 4.09, fewestPhotos: 10_000, recall: 0.98 }

/** Photos whose vectors are the queries of a measurement; they are held out of the training of the lists. */
const QUERIES = 200
/** Queries that show whether exact search has become slow. */
const PROBING = 24
/** Growth after which the lists are made anew, and after which exact search is timed again. */
const OUTGROWN = 3
const WORTH_TIMING = 1.3

/** Whether the index should be measured, and perhaps laid out anew: it has grown, and exact search has become slow. */
export async function isTuningDue(
  { catalog, index }: TuningTools,
  limits: TuningLimits = tuningLimits,
): Promise<boolean> {
  if (!directIndex() || index.size < limits.fewestPhotos) return false
  const known = readTuning(catalog.settings, index.version.headId)
  if (index.layout.lists > 0) return !known || index.size > OUTGROWN * known.vectors
  const wasFast = known?.rows.some(row => row.chosen && row.lists === 0)
  if (wasFast && index.size < WORTH_TIMING * known!.vectors) return false
  const { p50 } = await index.withHandle(handle =>
    indexBuilder().call('measure', handle, handle, drawPhotos(index, PROBING), 0),
  )
  return p50 > limits.exactMillis
}

/**
 * Measures exact search on this library, and an inverted file beside it, and picks the fastest setting with a recall@10
 * of at least `limits.recall` (0.98). Searches go on meanwhile.
 */
export async function tuneIndex(
  tools: TuningTools,
  job: JobContext,
  limits: TuningLimits = tuningLimits,
): Promise<IndexTuning> {
  const { catalog, index, now } = tools
  return index.withHandle(async (handle, version) => {
    const queries = drawPhotos(index, QUERIES)
    const vectors = index.size
    const { reason, rows } = await pickLayout({ index, handle, version, queries, vectors }, job, limits)
    const tuning: IndexTuning = {
      measuredAt: now(),
      vectors,
      dimension: version.head.dimension,
      queries: queries.length,
      reason,
      rows,
    }
    writeTuning(catalog.settings, version.headId, tuning)
    return tuning
  })
}

/** The index that is tuned, as it was at the beginning. */
interface TunedIndex {
  readonly index: EmbeddingIndex
  readonly handle: number
  readonly version: ModelVersion
  readonly queries: Uint32Array
  readonly vectors: number
}

async function pickLayout(
  tuned: TunedIndex,
  job: JobContext,
  limits: TuningLimits,
): Promise<Pick<IndexTuning, 'reason' | 'rows'>> {
  const { index, handle, version, queries, vectors } = tuned
  if (!directIndex()) return { reason: 'exact-only', rows: [] }
  job.progress.begin('measuring')
  const { lists } = index.layout
  const exact = toRow(
    { lists, nprobe: 0 },
    0,
    await indexBuilder().call('measure', handle, handle, queries, 0),
    await indexBuilder().call('bytes', handle),
  )
  const isFast = vectors < limits.fewestPhotos || exact.p50Micros <= 1000 * limits.exactMillis
  if (isFast && lists === 0) return { reason: 'fast-enough', rows: [{ ...exact, chosen: true }] }

  const built = await buildInvertedFile(handle, [...index.photos], new Set(queries as Iterable<PhotoId>), job)
  let isTaken = false
  const rows: IndexRow[] = []
  try {
    job.progress.begin('measuring')
    await findNprobe(handle, built, queries, limits.recall, job.signal, async (nprobe, measured) => {
      const layout = { lists: built.lists, nprobe }
      rows.push(toRow(layout, built.seconds, measured, await indexBuilder().call('bytes', built.handle)))
    })
    const { nprobe, recallAt10, p50Micros } = rows.at(-1)!
    const pays = recallAt10 >= limits.recall && p50Micros < exact.p50Micros
    isTaken = pays && (await index.swapLayout(built.handle, { lists: built.lists, nprobe }, version))
  } finally {
    if (!isTaken) await indexHost().call('close', built.handle)
  }
  if (!isTaken) return { reason: 'nothing-faster', rows: [{ ...exact, chosen: true }, ...rows] }
  await index.save()
  const best = { ...rows.at(-1)!, chosen: true }
  return { reason: 'fastest', rows: [exact, ...rows.with(-1, best)] }
}

const toRow = (
  { lists, nprobe }: IndexLayout,
  buildSeconds: number,
  { p50, p95, recallAt10, recallAt100 }: MeasuredSearch,
  bytes: number,
): IndexRow => ({
  index: lists > 0 ? INVERTED_FILE : FLAT,
  lists,
  nprobe,
  buildSeconds,
  p50Micros: p50 * 1000,
  p95Micros: p95 * 1000,
  recallAt10,
  recallAt100,
  bytes,
  chosen: false,
})

function drawPhotos({ photos }: EmbeddingIndex, count: number): Uint32Array {
  const random = new Random('queries')
  const all = [...photos]
  if (all.length <= 2 * count) return Uint32Array.from(random.shuffled(all).slice(0, count))
  const drawn = new Set<PhotoId>()
  while (drawn.size < count) drawn.add(random.pick(all))
  return Uint32Array.from(drawn)
}
