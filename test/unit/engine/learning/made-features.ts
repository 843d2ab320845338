import { embed, type Head } from '../../../../electron/engine/vision/head/head.ts'
import type { BatchSource } from '../../../../electron/engine/learning/training/triplets.ts'
import { Random } from '../../../../electron/shared/random.ts'
import type { Labels } from '../../../../electron/engine/learning/labels/training-set.ts'

/** Features that tell classes apart in a few directions and are noise in many, the noise louder. */
export interface MadeFeatures {
  readonly length: number
  /** `rows × length` */
  readonly features: Float32Array
  readonly classOf: readonly number[]
  readonly learned: readonly number[]
  readonly heldOut: readonly number[]
}

export interface MadeOptions {
  readonly seed?: number | string
  readonly classes?: number
  readonly photosPerClass?: number
  readonly informative?: number
  readonly noisy?: number
  readonly noise?: number
}

export function makeFeatures({
  seed = 1,
  classes = 8,
  photosPerClass = 20,
  informative = 4,
  noisy = 20,
  noise = 3,
}: MadeOptions = {}): MadeFeatures {
  const random = new Random(`features ${seed}`)
  const length = informative + noisy
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: informative }, () => 2 * random.gauss()),
  )
  const classOf = Array.from({ length: classes * photosPerClass }, (_, row) => row % classes)
  const features = new Float32Array(classOf.length * length)
  for (const [row, c] of classOf.entries())
    for (let i = 0; i < length; i++) {
      const informed = i < informative
      features[row * length + i] =
        (informed ? centres[c]![i]! + 0.5 * random.gauss() : noise * random.gauss()) + 1
    }
  const isHeldOut = (row: number): boolean => Math.floor(row / classes) % 5 === 0
  const rows = [...classOf.keys()]
  return {
    length,
    features,
    classOf,
    learned: rows.filter(row => !isHeldOut(row)),
    heldOut: rows.filter(isHeldOut),
  }
}

export function sourceOf({ classOf, learned }: MadeFeatures): BatchSource {
  const classes = Math.max(...classOf) + 1
  const members = Array.from({ length: classes }, (_, c) => learned.filter(row => classOf[row] === c))
  return { members, negatives: [], refused: members.map(() => []), notLike: new Map() }
}

export function labelsOf({ classOf }: MadeFeatures): Labels {
  return {
    albumsOf: classOf.map(c => [c]),
    trainable: new Set(classOf),
    refusedBy: classOf.map(() => []),
    notLike: new Map(),
  }
}

/** How many of the held-out photos have one of their own class as the nearest, 0…1. */
export function recallAt1({ classOf, features, heldOut }: MadeFeatures, head: Head): number {
  const vectors = embed(head, features)
  const { dimension } = head
  const cosine = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < dimension; i++) sum += vectors[a * dimension + i]! * vectors[b * dimension + i]!
    return sum
  }
  const hits = heldOut.filter(row => {
    const others = [...classOf.keys()].filter(other => other !== row)
    const nearest = others.reduce((a, b) => (cosine(row, b) > cosine(row, a) ? b : a))
    return classOf[nearest] === classOf[row]
  })
  return hits.length / heldOut.length
}
