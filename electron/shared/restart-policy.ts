import type { ErrorCode } from './errors.ts'

/** When to restart an engine that ended by itself: after a delay that doubles each time, until it ends too often. */
export interface RestartPolicy {
  /** Give up after `limit` exits within `window` ms. */
  readonly limit: number
  readonly window: number
  readonly firstDelay: number
  readonly longestDelay: number
}

export const defaultRestartPolicy: RestartPolicy = {
  limit: 5,
  window: 60_000,
  firstDelay: 100,
  longestDelay: 5_000,
}

export type RestartDecision =
  | { readonly restart: true; readonly delay: number; readonly ends: readonly number[] }
  | { readonly restart: false; readonly ends: readonly number[] }

/**
 * @param ends when the engine ended before, oldest first
 * @param now when it ended this time
 */
export function decideRestart(ends: readonly number[], now: number, policy: RestartPolicy): RestartDecision {
  // Ends that seem to lie in the future, after the clock was set back, don't count.
  const recent = [...ends.filter(time => time <= now && now - time < policy.window), now]
  if (recent.length >= policy.limit) return { restart: false, ends: recent }
  const delay = Math.min(policy.longestDelay, policy.firstDelay * 2 ** (recent.length - 1))
  return { restart: true, delay, ends: recent }
}

/** Reasons that a restart does not remove: the user has to do something first. */
const lastingReasons = [
  'library-in-use',
  'library-newer',
  'library-damaged',
  'library-unwritable',
  'disk-full',
  'disk-failing',
  'model-invalid',
] as const satisfies readonly ErrorCode[]
export type LastingReason = (typeof lastingReasons)[number]

export const isLasting = (code: ErrorCode): code is LastingReason =>
  (lastingReasons as readonly ErrorCode[]).includes(code)
