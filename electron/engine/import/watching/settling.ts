import type { FilePath } from '../../library/paths.ts'
import type { FileStamp } from '../../library/rows.ts'

/** Milliseconds for which a file must not have changed: somebody may still be writing it. */
const SETTLED_AFTER = 400
/** Milliseconds for which a file must be gone: programs delete a file and write it anew when they save it. */
const GONE_AFTER = 1200

interface Seen {
  /** Empty where nothing was there. */
  readonly stamp: string
  /** On this machine's steady clock. */
  readonly at: number
}

/** Tells what has come to rest from what is still being written. */
export class Settling {
  readonly #seen = new Map<FilePath, Seen>()

  /**
   * Notes what is at a path that differs from the catalog, and returns whether it has come to rest.
   * @param stamp undefined where the file is gone
   * @param now milliseconds of a steady clock
   * @param clock milliseconds since 1970, with which the file's own times are compared
   */
  isSettled(path: FilePath, stamp: FileStamp | undefined, now: number, clock = Date.now()): boolean {
    const text = stamp ? `${stamp.size} ${stamp.modifiedMs} ${stamp.changedMs}` : ''
    const seen = this.#seen.get(path)
    const same = seen?.stamp === text ? seen : { stamp: text, at: now }
    const rests = now - same.at >= (stamp ? SETTLED_AFTER : GONE_AFTER)
    if (rests || (stamp && isOld(stamp, clock))) {
      this.#seen.delete(path)
      return true
    }
    this.#seen.set(path, same)
    return false
  }

  /** The path is as the catalog has it. */
  forget(path: FilePath): void {
    this.#seen.delete(path)
  }
}

/** By the file's own times. Where its clock runs ahead of this machine's, only watching it tells. */
const isOld = ({ modifiedMs, changedMs }: FileStamp, clock: number): boolean =>
  clock - Math.max(modifiedMs, changedMs) >= SETTLED_AFTER
