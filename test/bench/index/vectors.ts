import { existsSync } from 'node:fs'
import { embed, normalise } from '../../../electron/engine/vision/head/head.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { Random } from '../../../electron/shared/random.ts'

/** Embeddings of the photos of a library, `count × dimension`. */
export interface Embeddings {
  readonly vectors: Float32Array
  readonly dimension: number
}

export async function embeddingsOf(library: string): Promise<Embeddings> {
  if (!existsSync(library)) throw new Error(`There is no library at ${library}.`)
  const engine = await openEngine({ libraryDir: library, resourcesDir: resourcesDir(process.env) })
  try {
    const { catalog, index } = engine
    const { head, backboneId } = index.version
    const ids = catalog.features.searchableIds(backboneId, PIPELINE_VERSION)
    const vectors = new Float32Array(ids.length * head.dimension)
    for (const [i, id] of ids.entries())
      vectors.set(
        embed(head, catalog.features.asFloat32(backboneId, id, PIPELINE_VERSION)!),
        i * head.dimension,
      )
    return { vectors, dimension: head.dimension }
  } finally {
    await engine.close()
  }
}

/** Photos whose differences provide the variation, and how near each other they must be. */
const NEIGHBOURS_OF = 2000
const NEAREST = 8
/** Differences that are added for a made photo, and their weight: the sum is as long as one of them. */
const STEPS = 3
const WEIGHT = 1 / Math.sqrt(STEPS)

/**
 * More embeddings than there are photos, scattered as those of photos are: each made one is a real one moved along the
 * differences of photos that are near each other, which is how photos of one thing differ from one another, as far as such
 * photos are apart.
 */
export function realisticVectors({ vectors, dimension }: Embeddings, count: number, seed = 1): Float32Array {
  const real = vectors.length / dimension
  const random = new Random(`realistic ${seed}`)
  const all = new Float32Array(count * dimension)
  all.set(vectors.subarray(0, Math.min(count, real) * dimension))
  if (count <= real) return all
  const differences = nearDifferences({ vectors, dimension }, random)
  for (let n = real; n < count; n++) {
    const from = random.int(0, real - 1) * dimension
    const row = all.subarray(n * dimension, (n + 1) * dimension)
    row.set(vectors.subarray(from, from + dimension))
    for (let step = 0; step < STEPS; step++) {
      const difference = random.pick(differences)
      const weight = random.chance(0.5) ? WEIGHT : -WEIGHT
      for (let i = 0; i < dimension; i++) row[i]! += weight * difference[i]!
    }
    normalise(row)
  }
  return all
}

function nearDifferences({ vectors, dimension }: Embeddings, random: Random): Float32Array[] {
  const real = vectors.length / dimension
  const at = (row: number): Float32Array => vectors.subarray(row * dimension, (row + 1) * dimension)
  const differences: Float32Array[] = []
  for (let n = 0; n < Math.min(NEIGHBOURS_OF, real); n++) {
    const row = random.int(0, real - 1)
    const others = Array.from({ length: Math.min(real, 4000) }, () => random.int(0, real - 1))
      .filter(other => other !== row)
      .map(other => ({ other, likeness: dot(at(row), at(other)) }))
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, NEAREST)
    for (const { other } of others) differences.push(at(row).map((value, i) => value - at(other)[i]!))
  }
  return differences
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
