import { KindredError } from '../../../shared/errors.ts'
import { bmpRows, readBmpHeader } from '../formats/bmp-header.ts'
import { isEnough, partMissing } from '../formats/missing-part.ts'
import { refuseBeyondLimits } from './beyond-limits.ts'
import { fromCopy } from './colour-profile.ts'
import type { OpenedImage } from './opened-image.ts'
import { inRasterThread } from './raster-threads.ts'

/** Bytes of memory for each pixel: RGBA, and a copy. */
const BYTES_A_PIXEL = 8
const BASE = 16 * 2 ** 20

/** @throws KindredError with the code of what is wrong with the file */
export function openBmp(bytes: Buffer): OpenedImage {
  const header = readBmpHeader(bytes)
  const { width, height, isTopDown } = header
  refuseBeyondLimits({ width, height })
  const share = 1 - bmpRows(bytes, header) / height
  if (!isEnough(share)) throw new KindredError('truncated-image', 'The end of this image is missing.')
  const memory = BASE + bytes.length + width * height * BYTES_A_PIXEL
  return {
    metadata: { format: 'BMP', width, height },
    encoded: bytes,
    memory,
    isPlainJpeg: false,
    damage: partMissing(isTopDown ? 'lower' : 'upper', share),
    async pixels(shortSide) {
      const pixels = await inRasterThread(memory, thread => thread.call('bmp', bytes, shortSide))
      return { image: fromCopy(pixels) }
    },
  }
}
