import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EvaluateResult } from '../../electron/shared/results.ts'
import { Cli, repository, temporaryFolder } from '../support/cli.ts'
import { evaluatePlainly, type PlainMetrics } from '../support/plain-evaluation.ts'
import { shapes, writePicture, type PictureFormat } from '../support/small-photos.ts'

/** Photos up to the size of a thumbnail reach the network by one reduction, as the plain computation does it. */
const TOLERANCE = 0.005
/**
 * Larger ones are reduced in two steps, by way of the thumbnail (cosine of the embeddings 0.993 and more): neighbours
 * that are almost equally near change places. One query of 304 weighs 0.0033.
 */
const TOLERANCE_IN_TWO_STEPS = 0.01
const measures = ['recallAt1', 'recallAt10', 'rPrecision', 'mapAtR'] as const

let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder('parity')
})

afterAll(() => folder.remove())

function expectAgreement(product: EvaluateResult, plain: PlainMetrics, tolerance = TOLERANCE): void {
  expect(product.queries).toBe(plain.queries)
  const apart = measures.filter(name => Math.abs(product[name] - plain[name]) > tolerance)
  expect(apart.map(name => `${name}: ${product[name]} here, ${plain[name]} plainly`)).toEqual([])
}

describe('evaluate: agrees with a plain computation', () => {
  const PER_CLASS = 38

  test.each([
    [
      'small',
      TOLERANCE,
      [
        [240, 180],
        [360, 400],
        [300, 300],
        [160, 320],
      ],
    ],
    [
      'large',
      TOLERANCE_IN_TWO_STEPS,
      [
        [900, 600],
        [500, 1000],
        [800, 800],
        [1200, 500],
      ],
    ],
  ] as const)(
    'on 304 drawn pictures in 8 folders, with both heads: %s ones',
    async (name, tolerance, sizes) => {
      const photos = join(folder.path, name)
      const formats: PictureFormat[] = ['jpg', 'jpg', 'png', 'webp']
      for (const shape of shapes)
        for (let n = 0; n < PER_CLASS; n++) {
          const format = formats[n % formats.length]!
          const [width, height] = sizes[(n >> 2) % sizes.length]!
          await writePicture(join(photos, shape, `${n}.${format}`), `${shape} ${n}`, format, {
            shape,
            width,
            height,
          })
        }
      const cli = new Cli(join(folder.path, `library of ${name} ones`))
      expect((await cli.index(photos)).result).toMatchObject({
        photos: PER_CLASS * shapes.length,
        failed: [],
      })

      const plain = await evaluatePlainly(photos)
      const shipped = await cli.evaluate()
      expect(shipped).toMatchObject({ model: 'kindred-1', classes: shapes.length, ambiguous: 0 })
      expectAgreement(shipped, plain.shipped, tolerance)
      const raw = await cli.evaluate(['--model', 'kindred-1-raw'])
      expect(raw.model).toBe('kindred-1-raw')
      expectAgreement(raw, plain.raw, tolerance)
      // The figure means something: neither chance nor perfect.
      expect(shipped.recallAt1).toBeGreaterThan(0.3)
      expect(shipped.mapAtR).toBeLessThan(0.95)
      const [low, high] = shipped.interval.mapAtR
      expect(low).toBeLessThan(shipped.mapAtR)
      expect(high).toBeGreaterThan(shipped.mapAtR)
    },
  )

  test('on the photos of flowers102, as good as the card says', async ctx => {
    const photos = resolve(repository, '../shared/photos/flowers102')
    if (process.env.KINDRED_FULL !== '1') return ctx.skip('it takes over a minute; KINDRED_FULL=1 runs it')
    if (!existsSync(photos)) return ctx.skip(`the photos are not there (${photos})`)
    const cli = new Cli(join(folder.path, 'library of flowers'))
    const { status } = await cli.index(photos)
    expect([0, 3]).toContain(status)
    const shipped = await cli.evaluate()
    const raw = await cli.evaluate(['--model', 'kindred-1-raw'])
    expect(shipped.recallAt1).toBeGreaterThanOrEqual(0.669)
    expect(raw.recallAt1).toBeGreaterThanOrEqual(0.644)

    const plain = await evaluatePlainly(photos)
    expectAgreement(shipped, plain.shipped)
    expectAgreement(raw, plain.raw)
  }, 900_000)
})
