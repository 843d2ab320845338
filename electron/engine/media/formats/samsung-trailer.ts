/** @file The blocks that Samsung's cameras append to a photo ("SEF"), by a directory at the very end of the file. */
import type { ByteSpan } from '../../library/rows.ts'

/** Blocks that are read at most. */
const MOST = 1000
/** Bytes of a directory's head, of each of its entries, and of what follows it: its length, and `SEFT`. */
const [HEAD, ENTRY, TAIL] = [12, 12, 8]

/** A block: its name, such as `MotionPhoto_Data`, and where its content lies in the file. */
export interface SamsungBlock extends ByteSpan {
  readonly name: string
}

/**
 * The blocks of a file; none where there is no directory, or as far as it is not damaged. All numbers are little-endian:
 * `SEFH`, version, count, then of each block its type, how far before the directory it starts, and its size. A block starts
 * with its type and its name. There is no specification; see ProcessSamsung in ExifTool's Samsung.pm.
 */
export function samsungBlocks(file: Buffer): SamsungBlock[] {
  const blocks: SamsungBlock[] = []
  const end = file.length - TAIL
  if (end < HEAD || file.toString('latin1', end + 4) !== 'SEFT') return blocks
  const directory = end - file.readUInt32LE(end)
  if (directory < 0 || directory + HEAD > end || file.toString('latin1', directory, directory + 4) !== 'SEFH')
    return blocks
  const count = Math.min(file.readUInt32LE(directory + 8), MOST)
  for (let n = 0; n < count; n++) {
    const entry = directory + HEAD + n * ENTRY
    if (entry + ENTRY > end) break
    const start = directory - file.readUInt32LE(entry + 4)
    const blockEnd = start + file.readUInt32LE(entry + 8)
    if (start < 0 || start + 8 > blockEnd || blockEnd > directory) break
    const content = start + 8 + file.readUInt32LE(start + 4)
    if (content > blockEnd) break
    blocks.push({
      name: file.toString('latin1', start + 8, Math.min(content, start + 8 + 100)),
      start: content,
      length: blockEnd - content,
    })
  }
  return blocks
}
