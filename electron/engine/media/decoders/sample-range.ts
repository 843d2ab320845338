import type { Metadata, Sharp } from 'sharp'
import { KindredError } from '../../../shared/errors.ts'

/** Bits that sensors and scanners fill of 16. */
const PARTLY_FILLED = [10, 12, 14]

/**
 * The factor that brings the samples of a TIFF to the range in which libvips shows them; undefined where they are in it.
 * Floating point counts from 0 to 1 (as ImageMagick takes it), 32 bits from 0 to 2³² − 1; of 16 bits, only the lower
 * ones may be filled.
 * @param open opens the image for a look at its values
 * @throws KindredError `unsupported-format`
 */
export async function sampleScale(
  { format, depth }: Metadata,
  open: () => Sharp,
): Promise<number | undefined> {
  if (format !== 'tiff' || depth === 'uchar') return undefined
  if (depth === 'uint') return 255 / (2 ** 32 - 1)
  if (depth !== 'float' && depth !== 'ushort')
    throw new KindredError(
      'unsupported-format',
      'This TIFF holds measurements with a sign, which Kindred cannot show.',
    )
  const { channels } = await open().stats()
  const most = Math.max(...channels.map(({ max }) => max))
  if (depth === 'ushort') {
    const bits = PARTLY_FILLED.find(bits => most < 2 ** bits)
    return most > 0 && bits !== undefined ? 2 ** (16 - bits) : undefined
  }
  // Beyond 1 is light above white; far beyond, the values count to another white.
  if (most <= 2) return 255
  return most <= 255 ? undefined : 255 / most
}
