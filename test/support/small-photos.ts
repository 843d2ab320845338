import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { Random } from '../../electron/shared/random.ts'

/** Pictures that are cheap to make and differ from each other: coloured shapes on a two-coloured ground. */

export type Shape = 'circle' | 'square' | 'triangle' | 'stripes' | 'dots' | 'cross' | 'ring' | 'diamond'

export const shapes: readonly Shape[] = [
  'circle',
  'square',
  'triangle',
  'stripes',
  'dots',
  'cross',
  'ring',
  'diamond',
]

export interface PictureOptions {
  readonly width?: number
  readonly height?: number
  readonly shape?: Shape
}

/** The same seed gives the same picture. */
export function picture(seed: number | string, options: PictureOptions = {}): Sharp {
  const random = new Random(`picture ${seed}`)
  const { width = random.int(48, 96), height = random.int(48, 96) } = options
  const shape = options.shape ?? random.pick(shapes)
  return sharp(Buffer.from(svg(random, shape, width, height))).removeAlpha()
}

/** Options of the formats: fast rather than small. */
export const encoders = {
  jpg: (image: Sharp) => image.jpeg({ quality: 90 }),
  png: (image: Sharp) => image.png({ compressionLevel: 1 }),
  webp: (image: Sharp) => image.webp({ quality: 80, effort: 0 }),
  avif: (image: Sharp) => image.avif({ quality: 60, effort: 0 }),
  tif: (image: Sharp) => image.tiff({ compression: 'lzw' }),
  gif: (image: Sharp) => image.gif({ effort: 1 }),
} as const

export type PictureFormat = keyof typeof encoders

/** The bytes of a picture's file. */
export function pictureBytes(
  seed: number | string,
  format: PictureFormat = 'jpg',
  options: PictureOptions = {},
): Promise<Buffer> {
  return encoders[format](picture(seed, options)).toBuffer()
}

/** Writes a picture and the folders that lead to it. */
export async function writePicture(
  path: string,
  seed: number | string,
  format: PictureFormat = 'jpg',
  options: PictureOptions = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await pictureBytes(seed, format, options))
}

function svg(random: Random, shape: Shape, width: number, height: number): string {
  const hue = random.int(0, 359)
  const ground = `hsl(${hue} ${random.int(20, 70)}% ${random.int(25, 75)}%)`
  const corner = `hsl(${(hue + random.int(20, 60)) % 360} ${random.int(20, 70)}% ${random.int(25, 75)}%)`
  const paint = `hsl(${(hue + random.int(120, 240)) % 360} ${random.int(50, 90)}% ${random.int(30, 70)}%)`
  const size = Math.min(width, height) * random.between(0.3, 0.45)
  const x = width / 2 + random.between(-0.1, 0.1) * width
  const y = height / 2 + random.between(-0.1, 0.1) * height
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="${ground}"/>
    <polygon points="0,0 ${width},0 0,${height}" fill="${corner}"/>
    <g fill="${paint}" stroke="${paint}" transform="translate(${x} ${y}) rotate(${random.int(-15, 15)})">${outline(shape, size)}</g>
  </svg>`
}

function outline(shape: Shape, r: number): string {
  switch (shape) {
    case 'circle':
      return `<circle r="${r}" stroke="none"/>`
    case 'square':
      return `<rect x="${-r}" y="${-r}" width="${2 * r}" height="${2 * r}"/>`
    case 'triangle':
      return `<polygon points="0,${-r} ${r},${r} ${-r},${r}"/>`
    case 'stripes':
      return [-1, -0.5, 0, 0.5, 1]
        .map(n => `<rect x="${n * r - r / 8}" y="${-r}" width="${r / 4}" height="${2 * r}"/>`)
        .join('')
    case 'dots':
      return [-1, 0, 1]
        .flatMap(i => [-1, 0, 1].map(j => `<circle cx="${i * r * 0.8}" cy="${j * r * 0.8}" r="${r / 4}"/>`))
        .join('')
    case 'cross':
      return `<rect x="${-r}" y="${-r / 4}" width="${2 * r}" height="${r / 2}"/><rect x="${-r / 4}" y="${-r}" width="${r / 2}" height="${2 * r}"/>`
    case 'ring':
      return `<circle r="${r * 0.8}" fill="none" stroke-width="${r / 3}"/>`
    case 'diamond':
      return `<polygon points="0,${-r} ${r * 0.7},0 0,${r} ${-r * 0.7},0"/>`
  }
}
