import { readBmpHeader } from '../formats/bmp-header.ts'
import { refuseBeyondLimits } from './beyond-limits.ts'
import { fromCopy } from './colour-profile.ts'
import type { OpenedImage } from './opened-image.ts'
import { inRasterThread } from './raster-threads.ts'

/** Bytes of memory for each pixel: RGBA, and a copy. */
const BYTES_A_PIXEL = 8
const BASE = 16 * 2 ** 20

/** @throws KindredError with the code of what is wrong with the file */
export function openBmp(bytes: Buffer): OpenedImage {
  const { width, height } = readBmpHeader(bytes)
  refuseBeyondLimits({ width, height })
  const memory = BASE + bytes.length + width * height * BYTES_A_PIXEL
  return {
    metadata: { format: 'BMP', width, height },
    encoded: bytes,
    memory,
    isPlainJpeg: false,
    async pixels(shortSide) {
      const pixels = await inRasterThread(memory, thread => thread.call('bmp', bytes, shortSide))
      return { image: fromCopy(pixels) }
    },
  }
}
