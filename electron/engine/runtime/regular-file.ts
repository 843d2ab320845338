import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs'

/** Without it, opening a file that has meanwhile become a named pipe would wait for ever. Windows has no such flag. */
const nonBlocking = process.platform === 'win32' ? 0 : constants.O_NONBLOCK | constants.O_NOCTTY

/** Bytes read at a time. */
const PART = 4 * 2 ** 20

/** The code of {@link NotRegularFile}, beside those of the system. */
export const NOT_A_FILE = 'ENOTREG'

/** A pipe, a socket, a device or a folder stands where a file was expected: it may never end, or never begin. */
export class NotRegularFile extends Error {
  readonly code = NOT_A_FILE
}

/** A file larger than its reader allows. */
export class FileTooLarge extends Error {
  readonly bytes: number

  constructor(bytes: number) {
    super(`The file has ${bytes} bytes.`)
    this.bytes = bytes
  }
}

/** A regular file that is open for reading. */
export interface RegularFile {
  readonly handle: number
  readonly stats: Stats
}

/**
 * Opens a file, and nothing but a file. Blocks the thread, on a drive that does not respond for ever.
 * @throws NotRegularFile, or an error of the system
 */
export function openRegularFile(path: string | Buffer): RegularFile {
  // Looked at first: opening a device may already do something.
  if (!statSync(path).isFile()) throw new NotRegularFile('This is no file.')
  const handle = openSync(path, constants.O_RDONLY | nonBlocking)
  try {
    const stats = fstatSync(handle)
    if (!stats.isFile()) throw new NotRegularFile('This is no file.')
    return { handle, stats }
  } catch (error) {
    closeSync(handle)
    throw error
  }
}

/**
 * Reads a whole file, and nothing but a file.
 * @param largest bytes that it may have
 * @throws NotRegularFile, FileTooLarge, or an error of the system
 */
export function readRegularFile(path: string | Buffer, largest: number): Buffer<ArrayBuffer> {
  const { handle, stats } = openRegularFile(path)
  try {
    if (stats.size > largest) throw new FileTooLarge(stats.size)
    return fill(handle, Buffer.allocUnsafeSlow(stats.size))
  } finally {
    closeSync(handle)
  }
}

/**
 * Fills the bytes from an open file; returns fewer where it has become shorter.
 * @param from where the file is read, in bytes
 * @param onPart called after each part
 */
export function fill(
  handle: number,
  bytes: Buffer<ArrayBuffer>,
  from = 0,
  onPart: () => void = () => undefined,
): Buffer<ArrayBuffer> {
  let at = 0
  while (at < bytes.length) {
    const read = readSync(handle, bytes, at, Math.min(PART, bytes.length - at), from + at)
    if (read === 0) return bytes.subarray(0, at)
    at += read
    onPart()
  }
  return bytes
}
