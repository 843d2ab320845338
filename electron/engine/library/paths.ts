import { isUtf8 } from 'node:buffer'
import { sep } from 'node:path'
import type { ErrorCode } from '../../shared/errors.ts'

/**
 * A file name is a row of bytes on Linux, not always valid UTF-8. Kindred carries paths as strings in which each byte
 * that does not decode stands as a lone surrogate U+DC80…U+DCFF, as Python's `surrogateescape` does (PEP 383): every
 * path survives the way there and back, JSON included.
 */
export type FilePath = string

const ESCAPE = 0xdc00

/** Stands in decoded text where bytes were none; a path that has it may have lost something. */
export const UNDECODABLE = '\ufffd'

export function pathFromBytes(bytes: Uint8Array): FilePath {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  let path = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    if (length === 0) path += String.fromCharCode(ESCAPE + bytes[at++]!)
    else {
      path += Buffer.from(bytes.subarray(at, at + length)).toString('utf8')
      at += length
    }
  }
  return path
}

export function pathToBytes(path: FilePath): Buffer {
  if (path.isWellFormed()) return Buffer.from(path, 'utf8')
  const parts: Buffer[] = []
  let from = 0
  for (let at = 0; at < path.length; at++) {
    const unit = path.charCodeAt(at)
    const escaped =
      unit >= ESCAPE + 0x80 && unit <= ESCAPE + 0xff && !isHighSurrogate(path.charCodeAt(at - 1))
    if (!escaped) continue
    parts.push(Buffer.from(path.slice(from, at), 'utf8'), Buffer.of(unit - ESCAPE))
    from = at + 1
  }
  parts.push(Buffer.from(path.slice(from), 'utf8'))
  return Buffer.concat(parts)
}

/** The path as the file system calls take it: a string where that is exact, bytes where it is not. */
export const fsPath = (path: FilePath): string | Buffer => (path.isWellFormed() ? path : pathToBytes(path))

/** The path as it is shown and printed as text: control characters and undecodable bytes become visible. */
export const displayPath = (path: FilePath): string =>
  path.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, c => (c === '\n' ? '␤' : '�'))

/** Whether the path is the folder or lies below it. */
export const isBelow = (path: FilePath, folder: FilePath): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** The code and sentence for an error of the file system. */
export function describeErrno(
  error: unknown,
  thing: 'file' | 'folder' | 'link',
): { code: ErrorCode; message: string } {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error)
  switch (reason) {
    case 'EACCES':
    case 'EPERM':
      return { code: 'permission-denied', message: `You are not allowed to read this ${thing}.` }
    case 'ELOOP':
      return { code: 'link-loop', message: 'This link leads back to itself.' }
    case 'ENOENT':
      return thing === 'link'
        ? { code: 'broken-link', message: 'This link points to a file that does not exist.' }
        : { code: 'file-vanished', message: `This ${thing} was there a moment ago and is gone now.` }
    default:
      return { code: 'unreadable-file', message: `This ${thing} could not be read (${reason}).` }
  }
}

/** Length of the valid UTF-8 sequence at this place, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4; length++)
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) return length
  return 0
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
