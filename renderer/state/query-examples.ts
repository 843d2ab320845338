/** @file What can be done with the examples of a query. Queries are values: each change makes a new one. */
import type { Example } from '../../electron/shared/contract.ts'
import type { QuerySpec } from './navigation.svelte.ts'

/** How much an example counts, from least to most. */
export const weights = [0.25, 0.5, 1, 2, 4] as const

export const weightOf = ({ weight = 1 }: Example): number => weight

export const isAgainst = (query: QuerySpec, example: Example): boolean => query.not.includes(example)

/** Whether the query can do without it: one example that results should be like must stay. */
export const removable = (query: QuerySpec, example: Example): boolean =>
  isAgainst(query, example) || query.examples.length > 1

export function without(query: QuerySpec, example: Example): QuerySpec {
  const keep = (list: readonly Example[]): Example[] => list.filter(other => other !== example)
  return { ...query, examples: keep(query.examples), not: keep(query.not) }
}

/** The example counts for the other side: against the results, or for them again. */
export function turned(query: QuerySpec, example: Example): QuerySpec {
  const rest = without(query, example)
  return isAgainst(query, example)
    ? { ...rest, examples: [...rest.examples, example] }
    : { ...rest, not: [...rest.not, example] }
}

/** @param steps up or down the scale of weights, as far as it goes */
export function reweighted(query: QuerySpec, example: Example, steps: number): QuerySpec {
  const at = weights.findIndex(weight => weight >= weightOf(example))
  const to = Math.min(weights.length - 1, Math.max(0, at + steps))
  return replaced(query, example, { ...example, weight: weights[to]! })
}

/** Puts an example in the place of another. */
export function replaced(query: QuerySpec, example: Example, by: Example): QuerySpec {
  const swap = (list: readonly Example[]): Example[] => list.map(other => (other === example ? by : other))
  return { ...query, examples: swap(query.examples), not: swap(query.not) }
}
