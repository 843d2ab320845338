import type { Random } from '../../electron/shared/random.ts'
import { n } from './sketch.ts'

export type Point = readonly [x: number, y: number]

/** A soft curve through all points (Catmull–Rom). */
export function smooth(points: readonly Point[], closed = false): string {
  const at = (i: number): Point =>
    closed
      ? points[(i + points.length) % points.length]!
      : points[Math.min(points.length - 1, Math.max(0, i))]!
  let d = `M${n(at(0)[0])} ${n(at(0)[1])}`
  for (let i = 0; i < (closed ? points.length : points.length - 1); i++) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    d +=
      `C${n(from[0] + (to[0] - before[0]) / 6)} ${n(from[1] + (to[1] - before[1]) / 6)}` +
      ` ${n(to[0] - (after[0] - from[0]) / 6)} ${n(to[1] - (after[1] - from[1]) / 6)} ${n(to[0])} ${n(to[1])}`
  }
  return closed ? d + 'Z' : d
}

export const polygon = (points: readonly Point[]): string =>
  'M' + points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L') + 'Z'

/** A disc as a piece of a path: hundreds of them in one path are far cheaper than as many elements. */
export const dot = (x: number, y: number, rx: number, ry = rx): string =>
  `M${n(x - rx)} ${n(y)}a${n(rx)} ${n(ry)} 0 1 0 ${n(2 * rx)} 0a${n(rx)} ${n(ry)} 0 1 0 ${n(-2 * rx)} 0Z`

/** An upright rectangle as a piece of a path. */
export const box = (x: number, y: number, width: number, height: number): string =>
  `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}Z`

/**
 * A horizon from the left to the right edge with `2 ** levels` steps, by midpoint displacement.
 * @param roughness how much of the swing is left at each finer level: 0.4 rolls, 0.6 is rock
 */
export function horizon(
  random: Random,
  { width, y, swing, roughness, levels = 6 }: HorizonShape,
): readonly Point[] {
  const heights = [random.between(-0.5, 0.5), random.between(-1, 1), random.between(-0.5, 0.5)]
  for (let level = 1, size = 0.7; level < levels; level++, size *= roughness) {
    for (let i = heights.length - 1; i > 0; i--) {
      heights.splice(i, 0, (heights[i - 1]! + heights[i]!) / 2 + random.between(-size, size))
    }
  }
  const step = (width * 1.04) / (heights.length - 1)
  return heights.map((height, i) => [i * step - width * 0.02, y + height * swing] as const)
}

export interface HorizonShape {
  readonly width: number
  readonly y: number
  readonly swing: number
  readonly roughness: number
  readonly levels?: number
}

/** Closes a line from left to right downwards to `bottom`. */
export const downTo = (points: readonly Point[], bottom: number): readonly Point[] => [
  ...points,
  [points.at(-1)![0], bottom],
  [points[0]![0], bottom],
]

/** The height of a line from left to right at `x`. */
export function heightAt(points: readonly Point[], x: number): number {
  const after = Math.max(
    1,
    points.findIndex(point => point[0] >= x),
  )
  const [from, to] = [points[after - 1]!, points[after]!]
  return from[1] + ((to[1] - from[1]) * (x - from[0])) / (to[0] - from[0])
}

/** A round shape whose edge wobbles. */
export function blob(random: Random, x: number, y: number, radius: number, wobble = 0.15, flat = 1): string {
  const count = 9
  const turn = random.between(0, 6.28)
  const points = Array.from({ length: count }, (_, i): Point => {
    const angle = turn + (i / count) * 2 * Math.PI
    const reach = radius * (1 + random.between(-wobble, wobble))
    return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach * flat]
  })
  return smooth(points, true)
}
