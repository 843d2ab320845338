import sharp from 'sharp'
import type { DrawnLayer, Frame, PaintedLayer, Picture, Pixel } from './scene.ts'
import type { View } from './sketch.ts'

/** Pixels of three bytes each. */
export interface Raster {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/** Renders the window `view` of a picture at a size in pixels, before the finish. */
export async function render(picture: Picture, view: View, { width, height }: Frame): Promise<Raster> {
  const ground = await paintGround(picture.ground, view, { width, height })
  for (const layer of picture.layers) {
    if (!layer.sketch.isEmpty) lay(ground, await rasterize(layer, view, { width, height }), layer.blend)
  }
  return { data: ground, width, height }
}

async function paintGround(layer: PaintedLayer, view: View, size: Frame): Promise<Buffer> {
  const width = Math.max(1, Math.round(size.width * layer.detail))
  const height = Math.max(1, Math.round(size.height * layer.detail))
  const data = new Uint8ClampedArray(width * height * 3)
  const pixel: Pixel = [0, 0, 0]
  const stepX = view.width / width
  const stepY = view.height / height
  for (let row = 0, offset = 0; row < height; row++) {
    const y = view.y + (row + 0.5) * stepY
    for (let column = 0; column < width; column++, offset += 3) {
      layer.paint(view.x + (column + 0.5) * stepX, y, pixel)
      data[offset] = pixel[0]
      data[offset + 1] = pixel[1]
      data[offset + 2] = pixel[2]
    }
  }
  if (width === size.width && height === size.height) return Buffer.from(data.buffer)
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer()
}

/** Four bytes a pixel. */
async function rasterize(layer: DrawnLayer, view: View, size: Frame): Promise<Buffer> {
  const sigma = ((layer.blur ?? 0) * size.width) / view.width
  const shrink = Math.min(8, Math.max(1, Math.floor(sigma / 1.5)))
  const width = Math.max(2, Math.round(size.width / shrink))
  const height = Math.max(2, Math.round(size.height / shrink))
  const drawing = sharp(Buffer.from(layer.sketch.toSvg(view, width, height))).ensureAlpha()
  if (sigma / shrink >= 0.3) drawing.blur(sigma / shrink)
  if (shrink === 1) return await drawing.raw().toBuffer()
  const small = await drawing.raw().toBuffer()
  return await sharp(small, { raw: { width, height, channels: 4 } })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
}

function lay(ground: Buffer, layer: Buffer, blend: DrawnLayer['blend'] = 'over'): void {
  for (let to = 0, from = 0; to < ground.length; to += 3, from += 4) {
    const alpha = layer[from + 3]!
    if (alpha === 0) continue
    for (let channel = 0; channel < 3; channel++) {
      const below = ground[to + channel]!
      const above = layer[from + channel]!
      const change = blend === 'screen' ? above * (1 - below / 255) : above - below
      ground[to + channel] = below + (change * alpha) / 255 + 0.5
    }
  }
}
