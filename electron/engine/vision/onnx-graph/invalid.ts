import { KindredError } from '../../../shared/errors.ts'

/** What is wrong with a network, as a sentence. */
export const invalid = (sentence: string, cause?: unknown): KindredError =>
  new KindredError('model-invalid', sentence, cause === undefined ? {} : { cause })

/** Why an operator cannot do its work, in words that go on after its name. */
export class Misfit extends Error {}

/** Runs the work of one operator; whatever goes wrong there is a fault of the network and says where it lies. */
export function within<T>(label: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    // Memory that is at its end is no fault of the network.
    if (error instanceof KindredError || error instanceof RangeError || isOfWebAssembly(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw invalid(`The network cannot be run. ${label}: ${reason.replace(/\.$/, '')}.`, error)
  }
}

const isOfWebAssembly = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError'
