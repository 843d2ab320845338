/** @file When a process of the engine ends, and what it tells the process that started it. */
import { endProcess } from '../engine/runtime/threads/hanging.ts'
import { asKindredError, toPlainError } from '../shared/errors.ts'

/** Milliseconds to close the library once this process is to end; a dead network drive must not keep it for ever. */
const CLOSE_MS = 10_000

/**
 * Ends this process when it is asked to, and when the one that started it is gone: an engine without a host would keep
 * its library locked. To be called before the library is opened, which may take long.
 * @returns to be told how to close the library, once it is open
 */
export function endWithParent(): (close: () => Promise<unknown>) => void {
  let close: (() => Promise<unknown>) | undefined
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    // What is being opened has nothing of the user's that is not on the disk yet.
    if (!close) {
      endAtOnce()
      return
    }
    setTimeout(endAtOnce, CLOSE_MS)
    close().then(
      () => endProcess(0),
      () => endProcess(1),
    )
  }
  process.once('disconnect', end).once('SIGTERM', end)
  // It ended while this process was still loading its code.
  if (!process.connected) end()
  return how => (close = how)
}

/** Sends a message to the parent. If that is ending, the lost channel reports it, not this message. */
export function tellParent(message: object, sent: () => void = () => undefined): void {
  if (process.connected) process.send!(message, undefined, undefined, sent)
  else sent()
}

/** Tells the parent why the engine cannot run, and ends this process. */
export function failToStart(error: unknown): void {
  tellParent({ type: 'failed', error: toPlainError(asKindredError(error)) }, () => process.exit(1))
}

/** An ordinary exit waits for threads, of which one may be in a long call of native code. */
const endAtOnce = (): boolean => process.kill(process.pid, 'SIGKILL')
