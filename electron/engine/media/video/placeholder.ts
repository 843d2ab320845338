import { memoryOfItsOwn } from '../../runtime/memory-of-its-own.ts'

/** Longest edge in pixels: that of a thumbnail. */
const EDGE = 400
/** What stands for a size that is not known. */
const USUAL = { width: 16, height: 9 }

/** A drawn picture, as JPEG, that stands in for a video of which no frame can be seen: a sign for "play". */
export async function placeholderFor(video: {
  readonly width: number | null
  readonly height: number | null
}): Promise<Buffer<ArrayBuffer>> {
  const { width, height } = pictureSize(video)
  const radius = Math.min(width, height) / 5
  const [x, y] = [width / 2, height / 2]
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#3a3a3d"/>
    <circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="#8e8e93" stroke-width="${radius / 12}"/>
    <path fill="#8e8e93" d="M ${x - radius / 3} ${y - radius / 2} l ${radius} ${radius / 2} l ${-radius} ${radius / 2} z"/>
  </svg>`
  // Loaded when it is needed: the threads that read files decode nothing else.
  const { default: sharp } = await import('sharp')
  const jpeg = await sharp(Buffer.from(drawn)).jpeg().toBuffer()
  return memoryOfItsOwn(jpeg)
}

function pictureSize({ width, height }: { width: number | null; height: number | null }): {
  width: number
  height: number
} {
  const size = width && height ? { width, height } : USUAL
  const scale = EDGE / Math.max(size.width, size.height)
  const scaled = (length: number): number => Math.max(32, Math.round(length * scale))
  return { width: scaled(size.width), height: scaled(size.height) }
}
