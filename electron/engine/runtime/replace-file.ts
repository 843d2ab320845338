import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Codes of a rename on Windows while a virus scanner or an indexer has the file open. */
const passing = new Set(['EACCES', 'EPERM', 'EBUSY'])

/** Tries of a rename at most: more than five seconds of pauses, no more because some callers block their thread. */
const TRIES = 60
/** Milliseconds by which each pause is longer than the one before, and the longest. */
const LONGER = 10
const LONGEST = 100

/**
 * Milliseconds to wait before a rename is tried again, as graceful-fs does it; undefined when it has failed for good.
 * Unlike there, the target may exist: it is what is replaced.
 * @param failures how often the rename has failed before
 */
export function pauseAfter(
  error: unknown,
  failures: number,
  platform: NodeJS.Platform = process.platform,
): number | undefined {
  const { code = '' } = error as NodeJS.ErrnoException
  if (platform !== 'win32' || !passing.has(code) || failures + 1 >= TRIES) return undefined
  return Math.min(LONGER * failures, LONGEST)
}

/** What a rename is made with; only tests give their own. */
interface RenameTools<R> {
  readonly rename: (from: string, to: string) => R
  readonly platform?: NodeJS.Platform
}

/**
 * Writes a file under a temporary name and renames it: at every moment the file is whole, the old one or the new. After
 * a failure the temporary file is removed.
 * @param file where the file belongs; a function where that is known only when it has been written
 * @param temporary on the same volume
 * @param write writes the temporary file, and syncs it where the new content must survive a loss of power
 */
export async function replaceFile(
  file: string | (() => string),
  temporary: string,
  write: (temporary: string) => Promise<unknown>,
  tools: RenameTools<Promise<void>> = { rename },
): Promise<void> {
  try {
    await write(temporary)
    await renameOver(temporary, typeof file === 'string' ? file : file(), tools)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** The same, blocking the thread. */
export function replaceFileSync(
  file: string,
  temporary: string,
  write: (temporary: string) => void,
  tools: RenameTools<void> = { rename: renameSync },
): void {
  try {
    write(temporary)
    renameOverSync(temporary, file, tools)
  } catch (error) {
    removeQuietly(temporary)
    throw error
  }
}

/** Renames a file, blocking the thread; on Windows again where another program holds it. */
export function renameFileSync(from: string, to: string): void {
  renameOverSync(from, to, { rename: renameSync })
}

/** Waits until the file's content is on the disk. */
export function syncFileSync(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Waits until the names in the file's folder are on the disk: a rename survives a loss of power only then. */
export function syncFolderOfSync(file: string): void {
  // Windows has no handles of folders to sync; NTFS keeps renames in its own journal.
  if (process.platform === 'win32') return
  const handle = openSync(dirname(file), 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

async function renameOver(
  from: string,
  to: string,
  tools: RenameTools<Promise<void>>,
  failures = 0,
): Promise<void> {
  try {
    await tools.rename(from, to)
  } catch (error) {
    const pause = pauseAfter(error, failures, tools.platform)
    if (pause === undefined) throw error
    await setTimeout(pause)
    await renameOver(from, to, tools, failures + 1)
  }
}

function renameOverSync(from: string, to: string, tools: RenameTools<void>, failures = 0): void {
  try {
    tools.rename(from, to)
  } catch (error) {
    const pause = pauseAfter(error, failures, tools.platform)
    if (pause === undefined) throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
    renameOverSync(from, to, tools, failures + 1)
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // The folder itself is gone; the error that led here says so.
  }
}
