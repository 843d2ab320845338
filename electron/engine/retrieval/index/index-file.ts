import { closeSync, fsyncSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { openRegularFile } from '../../runtime/regular-file.ts'
import { replaceFileSync } from '../../runtime/replace-file.ts'
import { asStorageError } from '../../runtime/storage-error.ts'

/**
 * The index on disk: magic, length of the header (uint32, little-endian), header (JSON), zeros up to `BODY`, then ids
 * and vectors in the format of their kind. It is derived from the catalog: a file that does not fit is made anew.
 */
const MAGIC = Buffer.from('KINDRED2')

/** Where ids and vectors begin. */
export const BODY = 1024

const headerSchema = z.strictObject({
  kind: z.string(),
  /** Row of the head whose embeddings these are. */
  head: z.int(),
  dimension: z.int(),
  count: z.int(),
  /** Version of the pipeline that the features went through. */
  pipeline: z.int(),
  /** The generation of the catalog that this holds; UNKNOWN_GENERATION where it may hold more or less. */
  generation: z.int(),
  /** Bytes of everything after the header. */
  bytes: z.int(),
  /** Of the header without this field, and of everything after it: against damage, not against forgery. */
  crc32: z.int(),
})

export type IndexHeader = z.infer<typeof headerSchema>
export type IndexDescription = Omit<IndexHeader, 'count' | 'bytes' | 'crc32'>

/** No generation of a catalog: opening such a file compares it with the catalog. */
export const UNKNOWN_GENERATION = -1

/** Bytes read at a time. */
const PIECE = 4 * 2 ** 20

const unfinished = (file: string): string => `${file}.tmp`

/** Removes what a process left that was killed while it wrote. The caller holds the lock of the library. */
export function removeUnfinished(file: string): void {
  try {
    rmSync(unfinished(file), { force: true })
  } catch {
    // Saving meets it again, and says so.
  }
}

/**
 * Writes to a temporary file, syncs and renames it: at every moment the file is whole, the old one or the new.
 * @param append appends ids and vectors to the file; returns how many
 * @throws KindredError when the disk is full or the library cannot be written
 */
export function writeIndexFile(
  file: string,
  about: IndexDescription,
  append: (temporary: string) => number,
): void {
  try {
    replaceFileSync(file, unfinished(file), temporary => {
      const handle = openSync(temporary, 'w+')
      try {
        writeSync(handle, Buffer.alloc(BODY))
        const count = append(temporary)
        const described = { ...about, count, bytes: statSync(temporary).size - BODY }
        const header = { ...described, crc32: checksum(described, handle) } satisfies IndexHeader
        const json = Buffer.from(JSON.stringify(header))
        const start = Buffer.alloc(BODY)
        MAGIC.copy(start)
        start.writeUInt32LE(json.length, 8)
        json.copy(start, 12)
        writeSync(handle, start, 0, BODY, 0)
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
    })
  } catch (error) {
    throw asStorageError(error, 'The index')
  }
}

/** @returns undefined where there is no such file, or it is not whole */
export function readIndexHeader(file: string): IndexHeader | undefined {
  let handle: number | undefined
  try {
    handle = openRegularFile(file).handle
    const start = Buffer.alloc(BODY)
    if (readSync(handle, start, 0, BODY, 0) < BODY || !start.subarray(0, 8).equals(MAGIC)) return undefined
    const end = 12 + start.readUInt32LE(8)
    const header = headerSchema.parse(JSON.parse(start.toString('utf8', 12, end)))
    const { crc32, ...described } = header
    if (!start.subarray(end).every(byte => byte === 0)) return undefined
    if (statSync(file).size !== BODY + header.bytes) return undefined
    return checksum(described, handle) === crc32 ? header : undefined
  } catch {
    return undefined
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** Takes the fields in a fixed order, whatever their order in the header. */
function checksum(described: Omit<IndexHeader, 'crc32'>, handle: number): number {
  const { kind, head, dimension, count, pipeline, generation, bytes } = described
  let sum = crc32(JSON.stringify([kind, head, dimension, count, pipeline, generation, bytes]))
  const piece = Buffer.allocUnsafe(Math.min(PIECE, bytes + 1))
  let at = BODY
  let read = readSync(handle, piece, 0, piece.length, at)
  while (read > 0) {
    sum = crc32(piece.subarray(0, read), sum)
    at += read
    read = readSync(handle, piece, 0, piece.length, at)
  }
  return sum
}
