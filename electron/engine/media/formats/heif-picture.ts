/** @file How the picture of a HEIF file is put together and turned (ISO/IEC 23008-12, sections 6.5.10, 6.5.12, 6.6.2.3). */
import { boxesOf, type Box } from './boxes.ts'
import { Numbers } from './item-locations.ts'
import type { Side } from './missing-part.ts'

/** Tiles, references, items and properties of one file that are read at most. */
const MOST = 10_000

export interface HeifPicture {
  /** Items that hold its pixels, row by row: its tiles, or the picture itself. */
  readonly items: readonly number[]
  /** Where the last rows are shown. */
  readonly lastRows: Side
}

/** Returns undefined where the file does not say it. */
export function heifPicture(bytes: Buffer): HeifPicture | undefined {
  const meta = boxesOf(bytes).find(box => box.type === 'meta')
  if (!meta || meta.end > bytes.length) return undefined
  const boxes = boxesOf(bytes, meta.start + 4, meta.end)
  const find = (type: string): Box | undefined => boxes.find(box => box.type === type)
  const [pitm, iref, iprp] = [find('pitm'), find('iref'), find('iprp')]
  try {
    const primary = pitm && primaryItem(new Numbers(bytes.subarray(pitm.start, pitm.end)))
    if (primary === undefined) return undefined
    const tiles = iref ? tilesOf(bytes, iref, primary) : []
    const turned = iprp ? transformsOf(bytes, iprp, primary) : []
    return {
      items: tiles.length > 0 ? tiles : [primary],
      lastRows: turned.reduce<Side>(
        (side, box) => transformed(side, box.type, bytes[box.start] ?? 0),
        'lower',
      ),
    }
  } catch (error) {
    // A table ends before its last entry.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The version of a box of the kind that has one; its flags are passed over. */
function versionOf(table: Numbers): number {
  const version = table.next(1)
  table.next(3)
  return version
}

const primaryItem = (table: Numbers): number => table.next(versionOf(table) === 0 ? 2 : 4)

/** The items that a picture is derived from. */
function tilesOf(bytes: Buffer, iref: Box, primary: number): number[] {
  const idSize = bytes[iref.start] === 0 ? 2 : 4
  for (const { type, start, end } of boxesOf(bytes, iref.start + 4, iref.end)) {
    const table = new Numbers(bytes.subarray(start, end))
    if (type !== 'dimg' || table.next(idSize) !== primary) continue
    return Array.from({ length: Math.min(table.next(2), MOST) }, () => table.next(idSize))
  }
  return []
}

/** Turns and reflections of an item, in the order in which they are made. */
function transformsOf(bytes: Buffer, iprp: Box, item: number): Box[] {
  const boxes = boxesOf(bytes, iprp.start, iprp.end)
  const ipco = boxes.find(box => box.type === 'ipco')
  const properties = ipco ? boxesOf(bytes, ipco.start, ipco.end) : []
  for (const { start, end } of boxes.filter(box => box.type === 'ipma')) {
    const table = new Numbers(bytes.subarray(start, end))
    const version = table.next(1)
    const isLarge = (table.next(3) & 1) === 1
    for (let entries = Math.min(table.next(4), MOST); entries > 0; entries--) {
      const id = table.next(version < 1 ? 2 : 4)
      const used = Array.from({ length: table.next(1) }, () => {
        const index = isLarge ? table.next(2) & 0x7fff : table.next(1) & 0x7f
        return properties[index - 1]
      })
      if (id === item) return used.filter(box => box?.type === 'irot' || box?.type === 'imir') as Box[]
    }
  }
  return []
}

const anticlockwise = ['lower', 'right', 'upper', 'left'] as const

/**
 * Where a side is after a transform.
 * @param value of `irot`: quarter turns anticlockwise; of `imir`: 1 exchanges left and right, 0 above and below
 */
function transformed(side: Side, type: string, value: number): Side {
  const at = anticlockwise.indexOf(side)
  const turns = type === 'irot' ? value & 3 : (at & 1) === (value & 1) ? 2 : 0
  return anticlockwise[(at + turns) % 4]!
}
