import { isUtf8 } from 'node:buffer'
import { sep } from 'node:path'
import type { ErrorCode } from '../../shared/errors.ts'
import { NOT_A_FILE } from '../runtime/regular-file.ts'

/**
 * On Linux a file name is any sequence of bytes, not always valid UTF-8. Kindred keeps paths as strings in which each
 * byte that does not decode is a lone surrogate U+DC80…U+DCFF, as in Python's `surrogateescape` (PEP 383): every path
 * survives the conversion to a string and back, JSON included.
 */
export type FilePath = string

const ESCAPE = 0xdc00

/** Stands in decoded text where bytes could not be decoded: a path with it may not be the real one. */
export const UNDECODABLE = '\ufffd'

export function pathFromBytes(bytes: Uint8Array): FilePath {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  let path = ''
  let at = 0
  while (at < bytes.length) {
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

/** The path for calls of the file system: a string where that is exact, bytes where it is not. */
export const fsPath = (path: FilePath): string | Buffer => (path.isWellFormed() ? path : pathToBytes(path))

/** The path for display: control characters and undecodable bytes become visible. */
export const displayPath = (path: FilePath): string =>
  path.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, c => (c === '\n' ? '␤' : '�'))

/** Whether the path is the folder or lies below it. */
export const isBelow = (path: FilePath, folder: FilePath): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** Turns an error of the file system into a code and a sentence. */
export function describeErrno(
  error: unknown,
  thing: 'file' | 'folder' | 'link',
): { code: ErrorCode; message: string } {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error)
  switch (reason) {
    case 'EACCES':
    case 'EPERM':
      return { code: 'permission-denied', message: `You are not allowed to read this ${thing}.` }
    case NOT_A_FILE:
      return {
        code: 'not-a-file',
        message: `This is a folder, a pipe or a device, where a ${thing} was expected.`,
      }
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
