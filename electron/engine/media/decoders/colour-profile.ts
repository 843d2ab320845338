import sharp, { type Sharp } from 'sharp'
import type { RasterCopy } from './copy-shrunk.ts'

/** The image of decoded pixels. */
export const fromCopy = ({ data, width, height, channels }: RasterCopy): Sharp =>
  sharp(data, { raw: { width, height, channels } })

let p3: Promise<Buffer | undefined> | undefined

/** The profile of Display P3 that libvips brings. */
export function displayP3(): Promise<Buffer | undefined> {
  p3 ??= sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
    .withIccProfile('p3')
    .png()
    .toBuffer()
    .then(png => sharp(png).metadata())
    .then(({ icc }) => icc)
  return p3
}

/**
 * Gives decoded pixels their colour profile: libvips takes one only with a file, so they become a TIFF in memory.
 * @param image made from raw pixels, 3 or 4 channels of 8 bits; small, as it is copied
 * @param icc an ICC profile
 */
export async function withProfile(image: Sharp, icc: Buffer): Promise<Sharp> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return sharp(taggedTiff(data, info, icc))
}

/** A TIFF 6.0 of one strip without compression, with the profile in tag 34675 (ICC.1:2022, annex B.4). */
function taggedTiff(
  data: Buffer,
  { width, height, channels }: { width: number; height: number; channels: number },
  icc: Buffer,
): Buffer {
  const hasAlpha = channels === 4
  const entries: [tag: number, type: number, count: number, value: number][] = []
  const bits = 8 + 2 + (hasAlpha ? 12 : 11) * 12 + 4
  const profile = bits + 2 * channels
  const pixels = profile + icc.length + (icc.length % 2)
  entries.push(
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, channels, bits],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, pixels],
    [277, 3, 1, channels],
    [278, 4, 1, height],
    [279, 4, 1, data.length],
    [284, 3, 1, 1],
  )
  // Transparency that the colours are not multiplied with.
  if (hasAlpha) entries.push([338, 3, 1, 2])
  entries.push([34675, 7, icc.length, profile])
  const head = Buffer.alloc(pixels)
  head.write('II*\0\x08\0\0\0', 'latin1')
  head.writeUInt16LE(entries.length, 8)
  for (const [n, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + n * 12
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(count, at + 4)
    head.writeUInt32LE(value, at + 8)
  }
  for (let channel = 0; channel < channels; channel++) head.writeUInt16LE(8, bits + 2 * channel)
  icc.copy(head, profile)
  return Buffer.concat([head, data])
}
