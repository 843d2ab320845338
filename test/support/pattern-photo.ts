import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'

/** Grey at a pixel of the pattern: stripes one pixel wide that change sides every 48 rows, darker to the right. */
export const patternAt = (x: number, y: number): number =>
  ((x + Math.floor(y / 48)) % 2 === 0 ? 40 : 220) - Math.floor(x / 200)

/**
 * Writes a JPEG in which every pixel differs from the next, so that any resampling shows.
 * @param taken the date, as EXIF has it
 */
export async function writePatternPhoto(
  path: string,
  width: number,
  height: number,
  taken: string,
): Promise<void> {
  const row = (shift: number): Buffer =>
    Buffer.from(Array.from({ length: width }, (_, x) => patternAt(x, shift * 48)))
  const rows = [row(0), row(1)]
  const data = Buffer.alloc(width * height)
  for (let y = 0; y < height; y++) rows[Math.floor(y / 48) % 2]!.copy(data, y * width)
  await writeFile(
    path,
    await sharp(data, { raw: { width, height, channels: 1 } })
      .toColourspace('srgb')
      .withExif({ IFD2: { DateTimeOriginal: taken } })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer(),
  )
}
