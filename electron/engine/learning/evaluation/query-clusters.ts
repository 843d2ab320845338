import type { RankedResult } from './retrieval-run.ts'

/** What says which queries depend on one another. */
export interface Clustering {
  readonly labels: { readonly albumsOf: readonly (readonly number[])[] }
  readonly folds: Int8Array
  readonly groups: Int32Array
}

/** A cluster for each query, as numbers from 0. */
export interface QueryClusters {
  /** Near-duplicates: one moment, whatever the versions make of it. */
  readonly bursts: Int32Array
  /** The photos of one album that one model was asked for. */
  readonly albums: Int32Array
}

/**
 * Returns which queries count as one piece of evidence.
 *
 * The largest unit that is right or wrong as one is an album as one model sees it: where a training has happened to draw an
 * album together well or badly, all its photos of that fold gain or lose. Folder and day lie within it, since an occasion
 * is part of an album; and so do bursts, which are never divided between folds. A photo in several albums counts for the
 * first. Clustering at the largest unit is the usual advice; Cameron, Miller, "A Practitioner's Guide to Cluster-Robust
 * Inference", Journal of Human Resources, 2015.
 */
export function clusterQueries(
  queries: readonly Pick<RankedResult, 'row'>[],
  { labels: { albumsOf }, folds, groups }: Clustering,
): QueryClusters {
  const numbered = (nameOf: (row: number) => string | number): Int32Array => {
    const numbers = new Map<string | number, number>()
    return Int32Array.from(queries, ({ row }) => {
      const name = nameOf(row)
      const number = numbers.get(name) ?? numbers.size
      numbers.set(name, number)
      return number
    })
  }
  return {
    bursts: numbered(row => groups[row]!),
    albums: numbered(row => `${albumsOf[row]![0]}/${folds[row]}`),
  }
}
