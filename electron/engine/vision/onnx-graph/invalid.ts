import { KindredError } from '../../../shared/errors.ts'

/** Returns the error for a network that is not valid, by a sentence. */
export const invalid = (sentence: string, cause?: unknown): KindredError =>
  new KindredError('model-invalid', sentence, cause === undefined ? {} : { cause })

/** Why an operator cannot run; the message goes on after the operator's name. */
export class Misfit extends Error {}

/** Runs the work of one operator; its errors become `model-invalid` and name the operator. */
export function within<T>(label: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    // These are for lack of memory, not for a fault of the network.
    if (error instanceof KindredError || error instanceof RangeError || isOfWebAssembly(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw invalid(`The network cannot be run. ${label}: ${reason.replace(/\.$/, '')}.`, error)
  }
}

const isOfWebAssembly = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError'
