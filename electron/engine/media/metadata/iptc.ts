/**
 * @file A bounded reader of IPTC-IIM (version 4.2): the application record, on its own or within Photoshop's image
 * resources (resource 0x0404).
 */

/** Data sets that are read at most. */
const DATA_SETS = 10_000
const APPLICATION_RECORD = 2
const MARK = 0x1c
const RESOURCE = 0x0404

const photoshop = Buffer.from('Photoshop 3.0\0', 'latin1')

/** Values of the application record by their number, such as 55 for the date of creation. */
export type Iptc = ReadonlyMap<number, readonly Buffer[]>

/** Reads the block; what is damaged in it is left out. */
export function readIptc(block: Buffer): Iptc {
  const values = new Map<number, Buffer[]>()
  const data = dataOf(block)
  let at = 0
  for (let n = 0; n < DATA_SETS && at + 5 <= data.length && data[at] === MARK; n++) {
    const [record, number, size] = [data[at + 1]!, data[at + 2]!, data.readUInt16BE(at + 3)]
    // Extended data sets hold pictures.
    if (size > 0x7fff) break
    const value = data.subarray(at + 5, at + 5 + size)
    at += 5 + size
    if (record !== APPLICATION_RECORD || value.length < size) continue
    const known = values.get(number)
    if (known) known.push(value)
    else values.set(number, [value])
  }
  return values
}

/** The data sets themselves: of Photoshop's resources, the one that holds them. */
function dataOf(block: Buffer): Buffer {
  if (block[0] === MARK) return block
  let at = block.subarray(0, photoshop.length).equals(photoshop) ? photoshop.length : 0
  for (let n = 0; n < DATA_SETS && at + 12 <= block.length; n++) {
    if (block.toString('latin1', at, at + 4) !== '8BIM') break
    const id = block.readUInt16BE(at + 4)
    // The name is a Pascal string, padded to an even length as the data are.
    const start = at + 6 + even(1 + block[at + 6]!)
    if (start + 4 > block.length) break
    const size = block.readUInt32BE(start)
    if (id === RESOURCE) return block.subarray(start + 4, start + 4 + size)
    at = start + 4 + even(size)
  }
  return Buffer.alloc(0)
}

const even = (length: number): number => length + (length % 2)
