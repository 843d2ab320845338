import { KindredError } from '../../../shared/errors.ts'
import { readJpegXlHeader } from '../formats/jpeg-xl-header.ts'
import { refuseBeyondLimits } from './beyond-limits.ts'
import { fromCopy } from './colour-profile.ts'
import type { OpenedImage } from './opened-image.ts'
import { inRasterThread } from './raster-threads.ts'

/** Bytes of memory for each pixel: four channels as floating point and as bytes, and what the codec needs. */
const BYTES_A_PIXEL = 48
const BASE = 32 * 2 ** 20

/** @throws KindredError with the code of what is wrong with the file */
export function openJpegXl(bytes: Buffer): OpenedImage {
  const header = readJpegXlHeader(bytes)
  if (!header) throw new KindredError('damaged-image', 'This image is damaged.')
  const { width, height, exif, xmp } = header
  refuseBeyondLimits(header)
  if (header.isCutOff) throw new KindredError('truncated-image', 'The end of this image is missing.')
  const memory = BASE + bytes.length + width * height * BYTES_A_PIXEL
  return {
    metadata: { format: 'JPEG XL', width, height, ...(exif && { exif }), ...(xmp && { xmp }) },
    encoded: bytes,
    memory,
    isPlainJpeg: false,
    async pixels(shortSide) {
      const pixels = await inRasterThread(memory, thread => thread.call('jpegXl', bytes, shortSide))
      return { image: fromCopy(pixels) }
    },
  }
}
