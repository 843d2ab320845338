import { createHash, type Hash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
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
  /** Version of the pipeline that the features went through. */
  pipeline: z.int(),
  /** The catalog's generation that this was made from. */
  generation: z.int(),
  /** Of the header without this, and of everything after it. */
  sha256: z.string(),
})

export type IndexHeader = z.infer<typeof headerSchema>

export interface IndexFile {
  readonly header: IndexHeader
  readonly ids: Uint32Array
  readonly body: Buffer
}

/** Bytes hashed or written at once: other work gets its turn in between. */
const PIECE = 4 * 2 ** 20

let writing: Promise<unknown> = Promise.resolve()

/**
 * Written to a temporary file, synced and renamed: at every moment the file is whole, the old one or the new. One file
 * after the other.
 */
export function writeIndexFile(...file: Parameters<typeof writeWhole>): Promise<void> {
  const written = writing.then(() => writeWhole(...file))
  writing = written.catch(() => undefined)
  return written
}

async function writeWhole(
  file: string,
  about: Omit<IndexHeader, 'sha256' | 'count'>,
  ids: Uint32Array,
  body: Uint8Array,
): Promise<void> {
  const idBytes = Buffer.alloc(ids.length * 4)
  for (const [i, id] of ids.entries()) idBytes.writeUInt32LE(id, i * 4)
  const described = { ...about, count: ids.length }
  const sha256 = await checksumInPieces(described, idBytes, body)
  const header = Buffer.from(JSON.stringify({ ...described, sha256 } satisfies IndexHeader))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const temporary = `${file}.tmp`
  try {
    const handle = await open(temporary, 'w')
    try {
      for (const part of [MAGIC, length, header, idBytes, body])
        for (const piece of pieces(part)) await handle.writeFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    removeQuietly(temporary)
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
    const { sha256, ...described } = header
    if (checksum(described, rest) !== sha256) return undefined
    const ids = Uint32Array.from({ length: header.count }, (_, i) => rest.readUInt32LE(i * 4))
    return { header, ids, body: rest.subarray(header.count * 4) }
  } catch {
    return undefined
  }
}

function checksum(described: Omit<IndexHeader, 'sha256'>, ...parts: readonly Uint8Array[]): string {
  const hash = begin(described)
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

async function checksumInPieces(
  described: Omit<IndexHeader, 'sha256'>,
  ...parts: readonly Uint8Array[]
): Promise<string> {
  const hash = begin(described)
  for (const part of parts)
    for (const piece of pieces(part)) {
      hash.update(piece)
      await setImmediate()
    }
  return hash.digest('hex')
}

/** The fields in a fixed order, so that the header's own spelling does not matter. */
function begin({ kind, head, dimension, count, pipeline, generation }: Omit<IndexHeader, 'sha256'>): Hash {
  return createHash('sha256').update(JSON.stringify([kind, head, dimension, count, pipeline, generation]))
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // The folder itself is gone; the error that led here says so.
  }
}
