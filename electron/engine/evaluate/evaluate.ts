import { basename, dirname } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { EvaluateResult } from '../../shared/results.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { indexHost } from '../index/index-host.ts'
import type { ModelVersion } from '../index/embedding-index.ts'
import type { ProgressMeter } from '../jobs/progress.ts'
import { PIPELINE_VERSION } from '../media/decode.ts'
import { assess, summarise, type QueryQuality } from './metrics.ts'

/** Queries searched in one call: Faiss multiplies matrices for more than twenty, which is several times faster. */
const QUERIES_AT_ONCE = 256

export interface LabelledPhotos {
  readonly ids: readonly PhotoId[]
  /** The class of each, a number. */
  readonly classes: readonly number[]
  readonly classNames: readonly string[]
  readonly ambiguous: number
}

/** Each photo's class is the folder that it lies in. A photo that lies in several folders has no class. */
export function labelByFolder(catalog: Catalog, version: ModelVersion): LabelledPhotos {
  const folders = new Map<PhotoId, Set<string>>()
  for (const { photoId, path } of catalog.files.present()) {
    const known = folders.get(photoId!)
    if (known) known.add(dirname(path))
    else folders.set(photoId!, new Set([dirname(path)]))
  }
  const classNames: string[] = []
  const numbers = new Map<string, number>()
  const ids: PhotoId[] = []
  const classes: number[] = []
  let ambiguous = 0
  for (const id of catalog.features.searchableIds(version.backboneId, PIPELINE_VERSION)) {
    const [folder, ...others] = folders.get(id) ?? []
    if (folder === undefined) continue
    if (others.length > 0) {
      ambiguous++
      continue
    }
    const number = numbers.get(folder) ?? classNames.push(basename(folder)) - 1
    numbers.set(folder, number)
    ids.push(id)
    classes.push(number)
  }
  return { ids, classes, classNames, ambiguous }
}

/**
 * Leave-one-out retrieval quality of a model version: every labelled photo asks all others. Photos whose class has no
 * other photo are answers, but no queries.
 */
export async function evaluate(
  catalog: Catalog,
  version: ModelVersion,
  photos: LabelledPhotos,
  progress: ProgressMeter,
  signal: AbortSignal,
): Promise<EvaluateResult> {
  const started = performance.now()
  const { ids, classes, classNames, ambiguous } = photos
  const sizes = new Uint32Array(classNames.length)
  for (const c of classes) sizes[c]!++
  const k = Math.max(11, Math.max(0, ...sizes))
  if (!sizes.some(size => size > 1))
    throw new KindredError('no-classes', 'No two photos have the same class, so there is nothing to measure.')

  progress.begin('evaluating', ids.length)
  const embeddings = await embedAll(catalog, version, ids)
  const { dimension } = version.head
  const host = indexHost()
  const handle = await host.call('create', dimension)
  try {
    // Ids here are rows counted from 1: the worker's answer then leads straight to the class.
    await host.call(
      'add',
      handle,
      Array.from(ids.keys(), row => row + 1),
      embeddings,
    )
    const quality: QueryQuality[] = []
    for (let from = 0; from < ids.length; from += QUERIES_AT_ONCE) {
      signal.throwIfAborted()
      const queries = embeddings.slice(from * dimension, (from + QUERIES_AT_ONCE) * dimension)
      const count = queries.length / dimension
      const found = await host.call('search', handle, queries, Math.min(k, ids.length))
      for (let q = 0; q < count; q++) {
        const row = from + q
        const others = sizes[classes[row]!]! - 1
        if (others === 0) continue
        const width = found.ids.length / count
        const answers = [...found.ids.subarray(q * width, (q + 1) * width)].filter(id => id !== row + 1)
        quality.push(
          assess(
            answers.map(id => classes[id - 1] === classes[row]),
            others,
          ),
        )
      }
      progress.advance(count)
    }
    const seconds = (performance.now() - started) / 1000
    const used = sizes.filter(size => size > 1).length
    return {
      ...summarise(quality),
      model: version.name,
      photos: ids.length,
      classes: used,
      ambiguous,
      seconds,
    }
  } finally {
    await host.call('close', handle)
  }
}

/** Embeddings of the photos under a version, from the features in the catalog: `ids.length × dimension`. */
async function embedAll(
  catalog: Catalog,
  version: ModelVersion,
  ids: readonly PhotoId[],
): Promise<Float32Array> {
  const { head, backboneId } = version
  const embeddings = new Float32Array(ids.length * head.dimension)
  const step = 512
  for (let from = 0; from < ids.length; from += step) {
    const rows = ids
      .slice(from, from + step)
      .map(id => catalog.features.get(backboneId, id, PIPELINE_VERSION)!)
    embeddings.set(await indexHost().call('embed', head, rows), from * head.dimension)
  }
  return embeddings
}
