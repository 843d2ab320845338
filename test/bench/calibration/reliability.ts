import { quantile } from '../../../electron/shared/quantile.ts'
import { Random } from '../../../electron/shared/random.ts'

const DRAWS = 1000

/** A probability that was said, and whether it came true. */
export interface Said {
  readonly probability: number
  readonly isTrue: boolean
}

/** Tenths of what was said, with what was; those that were never said are left out. */
export function binsOf(said: readonly Said[]) {
  const bins = Array.from({ length: 10 }, () => ({ said: 0, was: 0, count: 0 }))
  for (const { probability, isTrue } of said) {
    const bin = bins[Math.min(9, Math.floor(10 * probability))]!
    bin.said += probability
    bin.was += Number(isTrue)
    bin.count++
  }
  return bins
    .filter(({ count }) => count > 0)
    .map(({ said, was, count }) => ({ said: said / count, was: was / count, count }))
}

/** Expected calibration error: the mean distance of what was from what was said (Naeini, Cooper, Hauskrecht 2015). */
export function calibrationError(said: readonly Said[]): number {
  return binsOf(said).reduce((sum, bin) => sum + (bin.count / said.length) * Math.abs(bin.said - bin.was), 0)
}

export function printBins(said: readonly Said[], what: string): void {
  console.log(`| said | was | ${what} |\n| --- | --- | --- |`)
  for (const { said: mean, was, count } of binsOf(said))
    console.log(`| ${percent(mean)} | ${percent(was)} | ${count} |`)
}

/** A figure of all with its 95 % bootstrap interval, by drawing kinds: photos of one kind stand and fall together. */
export function interval<T extends { readonly kind: unknown }>(
  all: readonly T[],
  figure: (those: readonly T[]) => number,
): string {
  const random = new Random('bootstrap')
  const byKind = [...Map.groupBy(all, ({ kind }) => kind).values()]
  const values = Array.from({ length: DRAWS }, () => figure(byKind.flatMap(() => random.pick(byKind))))
  return `${percent(figure(all))} (${percent(quantile(values, 0.025))} to ${percent(quantile(values, 0.975))})`
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
