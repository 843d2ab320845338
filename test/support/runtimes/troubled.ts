import type { Candidate } from '../../../electron/engine/vision/runtimes/candidates.ts'
import type { Trouble } from './troubled-runtime.ts'

/** A failing runtime as a candidate for the benchmark. */
export const troubled = (kind: Trouble['kind'], after = 0): Candidate => ({
  name: `stand-in-${kind}`,
  program: new URL('./troubled-runtime.ts', import.meta.url),
  argument: JSON.stringify({ kind, after } satisfies Trouble),
})
