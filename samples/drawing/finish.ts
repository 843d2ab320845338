import sharp from 'sharp'
import { Random } from '../../electron/shared/random.ts'
import type { Raster } from './render.ts'
import type { Look } from './scene.ts'

const grainSide = 512
let grainTile: Int8Array | undefined

/** What a camera and a quick edit do to a picture: exposure, contrast, colour cast, glow, vignette and grain. */
export async function finish(raster: Raster, random: Random, look: Look = {}): Promise<Raster> {
  const { data, width, height } = raster
  const curves = toneCurves(random)
  const glow = look.glow ?? 0.12
  const light = glow > 0 ? await spilledLight(raster) : undefined
  const fall = (look.vignette ?? 0.22) * random.between(0.5, 1.4)
  const grain = (look.grain ?? 1) * random.between(0.02, 0.075)
  grainTile ??= makeGrain()
  const shiftX = random.int(0, grainSide - 1)
  const shiftY = random.int(0, grainSide - 1)
  const centreX = width * random.between(0.44, 0.56)
  const centreY = height * random.between(0.44, 0.56)
  const reach = 4 / (width * width + height * height)
  for (let y = 0, offset = 0; y < height; y++) {
    const grainRow = ((y + shiftY) % grainSide) * grainSide
    const downSquared = (y - centreY) ** 2
    for (let x = 0; x < width; x++, offset += 3) {
      const distance = ((x - centreX) ** 2 + downSquared) * reach
      const gain = 1 - fall * distance * distance
      const speck = grainTile[grainRow + ((x + shiftX) & (grainSide - 1))]! * grain
      for (let channel = 0; channel < 3; channel++) {
        let value = data[offset + channel]!
        if (light) value += glow * light[offset + channel]! * (1 - value / 255)
        value = curves[(channel << 8) + (value | 0)]! * gain + speck
        data[offset + channel] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5
      }
    }
  }
  return raster
}

/** The bright parts, wide and soft. */
async function spilledLight({ data, width, height }: Raster): Promise<Buffer> {
  const [small, low] = [Math.max(8, width >> 3), Math.max(8, height >> 3)]
  const blurred = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(small, low, { fit: 'fill', kernel: 'nearest' })
    .linear(1.6, -150)
    .blur(Math.max(0.6, small / 34))
    .raw()
    .toBuffer()
  return await sharp(blurred, { raw: { width: small, height: low, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
}

/** Three tables of 256 values, one per channel. */
function toneCurves(random: Random): Float32Array {
  const exposure = 2 ** (random.gauss() * 0.1)
  const contrast = random.between(0, 0.28)
  const lift = random.chance(0.3) ? random.between(4, 16) : 0
  const warmth = random.gauss() * 0.03
  const green = random.gauss() * 0.012
  const gains = [exposure * (1 + warmth), exposure * (1 + green), exposure * (1 - warmth)]
  return Float32Array.from({ length: 768 }, (_, i) => {
    const value = Math.min(1, ((i & 255) / 255) * gains[i >> 8]!)
    const curved = value + contrast * (value * value * (3 - 2 * value) - value)
    return lift + curved * (255 - lift)
  })
}

function makeGrain(): Int8Array {
  const random = new Random('grain')
  return Int8Array.from({ length: grainSide * grainSide }, () => {
    const sum = random.next() + random.next() + random.next()
    return Math.round((sum - 1.5) * 80)
  })
}
