/** @file BMP files in all their forms. */

/** Red, green and blue of one pixel. */
export type Paint = (x: number, y: number) => readonly [number, number, number]

export type BmpKind =
  | '1 bit'
  | '4 bits'
  | '8 bits'
  | '16 bits'
  | '16 bits 5-6-5'
  | '24 bits'
  | '32 bits'
  | '32 bits with alpha'
  | 'RLE8'
  | 'RLE4'
  | 'top-down'
  | 'OS/2'

export const bmpKinds: readonly BmpKind[] = [
  ...(['1 bit', '4 bits', '8 bits', '16 bits', '16 bits 5-6-5', '24 bits', '32 bits'] as const),
  ...(['32 bits with alpha', 'RLE8', 'RLE4', 'top-down', 'OS/2'] as const),
]

const bitsOf: Record<BmpKind, number> = {
  '1 bit': 1,
  '4 bits': 4,
  '8 bits': 8,
  '16 bits': 16,
  '16 bits 5-6-5': 16,
  '24 bits': 24,
  '32 bits': 32,
  '32 bits with alpha': 32,
  RLE8: 8,
  RLE4: 4,
  'top-down': 24,
  'OS/2': 24,
}

/** @param colours of the picture: at most two for 1 bit, sixteen for 4 */
export function bmpBytes(
  kind: BmpKind,
  width: number,
  height: number,
  paint: Paint,
  colours: readonly (readonly [number, number, number])[],
): Buffer {
  const bits = bitsOf[kind]
  const isCore = kind === 'OS/2'
  const masks = masksOf(kind)
  const headerSize = isCore ? 12 : masks?.length === 4 ? 108 : 40
  const header = Buffer.alloc(headerSize)
  header.writeUInt32LE(headerSize)
  if (isCore) {
    header.writeUInt16LE(width, 4)
    header.writeUInt16LE(height, 6)
    header.writeUInt16LE(1, 8)
    header.writeUInt16LE(bits, 10)
  } else {
    header.writeInt32LE(width, 4)
    header.writeInt32LE(kind === 'top-down' ? -height : height, 8)
    header.writeUInt16LE(1, 12)
    header.writeUInt16LE(bits, 14)
    header.writeUInt32LE(kind === 'RLE8' ? 1 : kind === 'RLE4' ? 2 : masks ? 3 : 0, 16)
    if (bits <= 8) header.writeUInt32LE(colours.length, 32)
  }
  const maskBytes = Buffer.alloc(4 * (masks?.length ?? 0))
  for (const [n, mask] of (masks ?? []).entries()) maskBytes.writeUInt32LE(mask, 4 * n)
  if (headerSize === 108) maskBytes.copy(header, 40)
  const behind = headerSize === 108 ? Buffer.alloc(0) : maskBytes
  const palette = bits <= 8 ? Buffer.from(colours.flatMap(([r, g, b]) => [b, g, r, 0])) : Buffer.alloc(0)
  const rows = Array.from({ length: height }, (_, row) => {
    const y = kind === 'top-down' ? row : height - 1 - row
    const pixels = Array.from({ length: width }, (__, x) => paint(x, y))
    if (kind.startsWith('RLE'))
      return runs(
        pixels.map(pixel => indexOf(colours, pixel)),
        bits,
      )
    return plainRow(kind, bits, pixels, colours)
  })
  const end = kind.startsWith('RLE') ? Buffer.of(0, 1) : Buffer.alloc(0)
  const data = Buffer.concat([...rows, end])
  const file = Buffer.alloc(14)
  const start = 14 + headerSize + behind.length + palette.length
  file.write('BM')
  file.writeUInt32LE(start + data.length, 2)
  file.writeUInt32LE(start, 10)
  return Buffer.concat([file, header, behind, palette, data])
}

function masksOf(kind: BmpKind): readonly number[] | undefined {
  if (kind === '16 bits 5-6-5') return [0xf800, 0x07e0, 0x001f]
  if (kind === '32 bits with alpha') return [0x000000ff, 0x0000ff00, 0x00ff0000, 0xff000000]
  return undefined
}

const indexOf = (
  colours: readonly (readonly [number, number, number])[],
  pixel: readonly [number, number, number],
): number => colours.findIndex(colour => colour.every((value, n) => value === pixel[n]))

function plainRow(
  kind: BmpKind,
  bits: number,
  pixels: readonly (readonly [number, number, number])[],
  colours: readonly (readonly [number, number, number])[],
): Buffer {
  const row = Buffer.alloc(Math.ceil((pixels.length * bits) / 32) * 4)
  for (const [x, [r, g, b]] of pixels.entries()) {
    if (bits <= 8) {
      const perByte = 8 / bits
      row[Math.floor(x / perByte)]! |= indexOf(colours, [r, g, b]) << (8 - bits * ((x % perByte) + 1))
    } else if (kind === '16 bits') row.writeUInt16LE(((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3), 2 * x)
    else if (bits === 16) row.writeUInt16LE(((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3), 2 * x)
    else if (kind === '32 bits with alpha') row.set([r, g, b, 255], 4 * x)
    else row.set([b, g, r], (bits / 8) * x)
  }
  return row
}

/** Runs of one colour, a run of single values for the last three pixels, and the end of the row. */
function runs(indices: readonly number[], bits: number): Buffer {
  const parts: number[] = []
  const most = indices.length - 3
  const double = (index: number): number => (bits === 4 ? (index << 4) | index : index)
  for (let x = 0; x < most;) {
    let length = 1
    while (x + length < most && length < 255 && indices[x + length] === indices[x]) length++
    parts.push(length, double(indices[x]!))
    x += length
  }
  const [a, b, c] = indices.slice(-3) as [number, number, number]
  parts.push(0, 3, ...(bits === 4 ? [(a << 4) | b, c << 4] : [a, b, c, 0]), 0, 0)
  return Buffer.from(parts)
}
