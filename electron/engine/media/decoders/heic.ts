/** @file HEIC and HEIF with HEVC, decoded by libheif in a thread: turned, cropped and put together from tiles already. */
import type { Metadata } from 'sharp'
import { refuseBeyondLimits } from './beyond-limits.ts'
import { displayP3, fromCopy } from './colour-profile.ts'
import type { OpenedImage } from './opened-image.ts'
import { heicDamage } from './heic-remains.ts'
import { inRasterThread } from './raster-threads.ts'

/** Bytes of memory for each pixel: planes of the codec, RGB, and a copy; and what libheif itself takes. */
const BYTES_A_PIXEL = 9
const BASE = 48 * 2 ** 20

/**
 * @param metadata as libvips reads it: it knows the format, but has no decoder for it
 * @throws KindredError with the code of what is wrong with the file
 */
export function openHeic(bytes: Buffer, metadata: Metadata): OpenedImage {
  refuseBeyondLimits(metadata)
  const damage = heicDamage(bytes)
  const { width, height, exif, xmp, iptc, icc } = metadata
  const memory = BASE + bytes.length + width * height * BYTES_A_PIXEL
  return {
    metadata: { format: 'HEIC', width, height, exif, xmp, iptc },
    encoded: bytes,
    memory,
    isPlainJpeg: false,
    damage,
    async pixels(shortSide) {
      const pixels = await inRasterThread(memory, thread => thread.call('heic', bytes, shortSide))
      return { image: fromCopy(pixels), icc: icc ?? (pixels.isDisplayP3 ? await displayP3() : undefined) }
    },
  }
}
