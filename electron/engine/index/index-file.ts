import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { asStorageError } from '../storage-error.ts'

/**
 * The index on disk: magic, length of the header (uint32), header (JSON), ids (uint32 each), the index itself in its
 * own format. Little-endian. It is derived from the catalog, so whatever does not fit is thrown away and made anew.
 */
const MAGIC = Buffer.from('KINDRED1')

const headerSchema = z.object({
  kind: z.string(),
  /** Row of the head whose embeddings these are. */
  head: z.int(),
  dimension: z.int(),
  count: z.int(),
  /** The catalog's generation that this was made from. */
  generation: z.int(),
  /** Of everything after the header. */
  sha256: z.string(),
})

export type IndexHeader = z.infer<typeof headerSchema>

export interface IndexFile {
  readonly header: IndexHeader
  readonly ids: Uint32Array
  readonly body: Buffer
}

/** Written to a temporary file, synced and renamed: at every moment the file is whole, the old one or the new. */
export function writeIndexFile(
  file: string,
  about: Omit<IndexHeader, 'sha256' | 'count'>,
  ids: Uint32Array,
  body: Uint8Array,
): void {
  const idBytes = Buffer.alloc(ids.length * 4)
  for (const [i, id] of ids.entries()) idBytes.writeUInt32LE(id, i * 4)
  const sha256 = createHash('sha256').update(idBytes).update(body).digest('hex')
  const header = Buffer.from(JSON.stringify({ ...about, count: ids.length, sha256 } satisfies IndexHeader))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const temporary = `${file}.tmp`
  try {
    const handle = openSync(temporary, 'w')
    try {
      for (const part of [MAGIC, length, header, idBytes, body]) writeAll(handle, part)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw asStorageError(error, 'The index')
  }
}

/** @returns undefined when there is no such file, or when it is not whole */
export function readIndexFile(file: string): IndexFile | undefined {
  try {
    const bytes = readFileSync(file)
    if (!bytes.subarray(0, 8).equals(MAGIC)) return undefined
    const headerEnd = 12 + bytes.readUInt32LE(8)
    const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 12, headerEnd)))
    const rest = bytes.subarray(headerEnd)
    if (createHash('sha256').update(rest).digest('hex') !== header.sha256) return undefined
    const ids = Uint32Array.from({ length: header.count }, (_, i) => rest.readUInt32LE(i * 4))
    return { header, ids, body: rest.subarray(header.count * 4) }
  } catch {
    return undefined
  }
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
}
