import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodePhoto } from '../../../../../electron/engine/media/decode.ts'
import { casesFolder } from '../../../../support/cases.ts'
import { picture } from '../../../../support/small-photos.ts'

/** The brand of image sequences, ISO/IEC 23000-22. */
const SEQUENCE = 'avis'

describe('an animated AVIF', () => {
  test('is shown by its still picture, which libvips opens by another brand only', async () => {
    const still = await picture('animated').avif({ lossless: true }).toBuffer()
    expect(still.toString('latin1', 4, 12)).toBe('ftypavif')
    const animated = Buffer.from(still)
    animated.write(SEQUENCE, 8, 'latin1')
    const [expected, decoded] = [await decodePhoto(still, 32), await decodePhoto(animated, 32)]
    expect(decoded.format).toBe('AVIF')
    expect(decoded.network).toEqual(expected.network)
    expect(animated.toString('latin1', 8, 12)).toBe(SEQUENCE)
  })

  const sample = join(casesFolder ?? '', 'animated-avif', 'anim.avif')

  test.skipIf(!existsSync(sample))('is read where an encoder made it', async () => {
    const { format, width, height, network } = await decodePhoto(readFileSync(sample), 32)
    expect(format).toBe('AVIF')
    expect(Math.min(width, height)).toBeGreaterThan(1)
    expect(new Set(network.rgb).size).toBeGreaterThan(1)
  })
})
