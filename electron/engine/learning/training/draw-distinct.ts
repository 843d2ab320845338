import type { Random } from '../../../shared/random.ts'

/** Returns `count` different items, or all where there are fewer (Fisher and Yates, stopped early). */
export function drawDistinct<T>(items: readonly T[], count: number, random: Random): T[] {
  const rest = [...items]
  const drawn = Math.min(count, rest.length)
  for (let i = 0; i < drawn; i++) {
    const j = random.int(i, rest.length - 1)
    ;[rest[i], rest[j]] = [rest[j]!, rest[i]!]
  }
  return rest.slice(0, drawn)
}
