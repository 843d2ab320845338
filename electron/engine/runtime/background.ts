import { asKindredError } from '../../shared/errors.ts'
import type { Logger } from './log.ts'

/**
 * Runs work for which nobody waits, such as a check by a timer: its failure is logged and ends nothing.
 * @param what the work, as a noun for the log
 */
export function inBackground(log: Logger, what: string, work: () => unknown): void {
  const failed = (error: unknown): void => {
    const { code, message, stack } = asKindredError(error)
    log('error', `${what}: ${message}`, { code, stack })
  }
  try {
    Promise.resolve(work()).catch(failed)
  } catch (error) {
    failed(error)
  }
}
