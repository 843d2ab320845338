import { boxesOf } from './boxes.ts'

/** Items and extents of one file that are read at most. */
const MOST_ITEMS = 10_000

/**
 * Where the last byte of each item of a HEIF file ends (ISO/IEC 14496-12, section 8.11.3), by the item's id, from the
 * start of the file. Items that lie in others are left out.
 */
export function endsOfItems(bytes: Buffer): Map<number, number> {
  const meta = boxesOf(bytes).find(box => box.type === 'meta')
  const iloc = meta && boxesOf(bytes, meta.start + 4, meta.end).find(box => box.type === 'iloc')
  const ends = new Map<number, number>()
  if (!iloc || iloc.end > bytes.length) return ends
  try {
    readEnds(new Numbers(bytes.subarray(iloc.start, iloc.end)), ends)
  } catch (error) {
    // The table ends before its last entry: the decoder will say what that means.
    if (!(error instanceof RangeError)) throw error
  }
  return ends
}

function readEnds(table: Numbers, ends: Map<number, number>): void {
  const version = table.next(1)
  table.next(3)
  const [sizes, moreSizes] = [table.next(1), table.next(1)]
  const [offsetSize, lengthSize] = [sizes >> 4, sizes & 15]
  const [baseSize, indexSize] = [moreSizes >> 4, version > 0 ? moreSizes & 15 : 0]
  const items = table.next(version < 2 ? 2 : 4)
  for (let item = 0; item < Math.min(items, MOST_ITEMS); item++) {
    const id = table.next(version < 2 ? 2 : 4)
    const method = version > 0 ? table.next(2) & 15 : 0
    table.next(2)
    const base = table.next(baseSize)
    const extents = table.next(2)
    for (let extent = 0; extent < Math.min(extents, MOST_ITEMS); extent++) {
      table.next(indexSize)
      const end = base + table.next(offsetSize) + table.next(lengthSize)
      // Others lie within the table of items, or in other items.
      if (method === 0) ends.set(id, Math.max(ends.get(id) ?? 0, end))
    }
  }
}

/** Reads one number after the other. */
export class Numbers {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /**
   * @param size bytes: 0 (for an absent number), 1 to 4, or 8
   * @throws RangeError beyond the end
   */
  next(size: number): number {
    if (size === 0) return 0
    const at = this.#at
    this.#at += size
    return size === 8 ? Number(this.#bytes.readBigUInt64BE(at)) : this.#bytes.readUIntBE(at, size)
  }
}
