/** How many results have which score, from the lowest score to the highest. */
export interface Histogram {
  /** Scores at the left and right edge; whole percentages. */
  readonly low: number
  readonly high: number
  /** How many scores lie in each of the equal parts between. */
  readonly bins: Uint32Array
  readonly highest: number
}

/** @param scores 0…1, in any order */
export function histogramOf(scores: readonly number[], parts = 64): Histogram {
  let least = Infinity
  let most = -Infinity
  for (const score of scores) {
    least = Math.min(least, score)
    most = Math.max(most, score)
  }
  const low = scores.length === 0 ? 0 : Math.floor(least * 100) / 100
  const high = scores.length === 0 ? 1 : Math.max(low + 0.01, Math.ceil(most * 100) / 100)
  const bins = new Uint32Array(parts)
  for (const score of scores) bins[Math.min(parts - 1, Math.floor(((score - low) / (high - low)) * parts))]!++
  return { low, high, bins, highest: bins.reduce((a, b) => Math.max(a, b), 0) }
}

/**
 * Returns which results lie within the limits, both included.
 * @param scores highest first, so that they are one run
 * @returns first index, and the one after the last
 */
export function withinLimits(
  scores: ArrayLike<number>,
  min: number,
  max: number,
): [from: number, to: number] {
  const from = firstWhere(scores, score => score <= max)
  return [
    from,
    Math.max(
      from,
      firstWhere(scores, score => score < min),
    ),
  ]
}

/** Returns the first index for which the condition holds; it must hold for all after it. */
function firstWhere(scores: ArrayLike<number>, holds: (score: number) => boolean): number {
  let low = 0
  let high = scores.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(scores[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}
