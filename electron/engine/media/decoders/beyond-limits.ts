import { KindredError } from '../../../shared/errors.ts'
import { limits } from '../formats/limits.ts'

/**
 * Checks what a header claims before anything is decoded.
 * @param pages frames
 * @throws KindredError `too-many-pixels`, `too-many-frames`
 */
export function refuseBeyondLimits(claims: {
  width: number
  height: number
  pages?: number | undefined
}): void {
  const { width, height, pages = 1 } = claims
  if (width * height > limits.pixels) {
    const size = `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`
    throw new KindredError(
      'too-many-pixels',
      `This image has ${size} pixels, more than can be decoded safely.`,
    )
  }
  if (pages > limits.frames)
    throw new KindredError('too-many-frames', `This animation has ${pages.toLocaleString('en')} frames.`)
}
