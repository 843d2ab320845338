import { KindredError } from '../../shared/errors.ts'
import type { OpenedImage } from './decoders/opened-image.ts'

/**
 * Decodes an image, and where it turns out to be damaged, what there is of it.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function asFarAsThere<T>(
  image: OpenedImage,
  decode: (opened: OpenedImage) => Promise<T>,
): Promise<T> {
  try {
    return await decode(image)
  } catch (error) {
    if (!image.remains || !isDamage(error)) throw error
    const opened = await image.remains.open(true).catch(() => undefined)
    if (!opened) throw error
    return decode(opened)
  }
}

const isDamage = (error: unknown): boolean =>
  error instanceof KindredError && (error.code === 'truncated-image' || error.code === 'damaged-image')
