import type { Random } from '../../../electron/shared/random.ts'

/** Photos of many classes, as features, to draw libraries from. */
export interface Pool {
  readonly length: number
  readonly classes: number
  /** Draws different photos of a class; fewer where it has fewer. */
  draw(c: number, count: number, random: Random): Float32Array[]
}

/** Directions that tell classes apart, and directions of noise, which is louder. */
const INFORMATIVE = 10
const NOISY = 38
const NOISE = 2

/** Features made by a generator: each class has a centre, each photo lies around it. */
export function madePool(classes: number, random: Random): Pool {
  const length = INFORMATIVE + NOISY
  const centres = Array.from({ length: classes }, () =>
    Float32Array.from({ length: INFORMATIVE }, () => 1.5 * random.gauss()),
  )
  const photo = (c: number, draws: Random): Float32Array =>
    Float32Array.from({ length }, (_, i) =>
      i < INFORMATIVE ? centres[c]![i]! + draws.gauss() : NOISE * draws.gauss(),
    )
  return {
    length,
    classes,
    draw: (c, count, draws) => Array.from({ length: count }, () => photo(c, draws)),
  }
}

/** Features of real photos. */
export function poolOf(features: readonly Float32Array[], classOf: readonly number[]): Pool {
  const names = [...new Set(classOf)].sort((a, b) => a - b)
  const byClass = names.map(name => features.filter((_, row) => classOf[row] === name))
  return {
    length: features[0]!.length,
    classes: names.length,
    draw: (c, count, random) => random.shuffled(byClass[c]!).slice(0, count),
  }
}
