import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toFloat16, toFloat32 } from '../../../../../electron/engine/library/catalog/float16.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { putPhoto, putSearchable, rawVersion, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

describe('float16', () => {
  test('is within 2⁻¹¹ of every value that it can hold, and keeps its sign', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -65504, max: 65504, noNaN: true }), { maxLength: 40 }),
        numbers => {
          const values = Float32Array.from(numbers)
          const read = toFloat32(toFloat16(values))
          expect(read).toHaveLength(values.length)
          for (const [i, value] of values.entries()) {
            // Below 2⁻¹⁴ the steps are of one size: half of 2⁻²⁴.
            expect(Math.abs(read[i]! - value)).toBeLessThanOrEqual(
              Math.max(Math.abs(value) * 2 ** -11, 2 ** -25),
            )
            if (read[i] !== 0) expect(Math.sign(read[i]!)).toBe(Math.sign(value))
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('takes two bytes a value, the low one first', () => {
    expect([...toFloat16(Float32Array.of(1, -2, 0.5))]).toEqual([0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38])
    expect([...toFloat32(Uint8Array.of(0x00, 0x3c, 0x00, 0xc0))]).toEqual([1, -2])
  })
})

describe('catalog features', () => {
  test('make a photo searchable when they are of this pipeline and a file is present', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 2)
    const there = putSearchable(catalog, version, '/there.jpg', [1, 0])
    const gone = putSearchable(catalog, version, '/gone.jpg', [0, 1])
    const old = putPhoto(catalog, '/old.jpg')
    catalog.features.put(version.backboneId, old, PIPELINE_VERSION - 1, Float32Array.of(1, 1))
    putPhoto(catalog, '/without.jpg')
    catalog.files.markMissing(catalog.files.byPath('/gone.jpg')!.id)

    expect(catalog.features.searchableIds(version.backboneId, PIPELINE_VERSION)).toEqual([there])
    expect(catalog.features.countSearchable(version.backboneId, PIPELINE_VERSION)).toBe(1)
    expect(catalog.features.has(version.backboneId, gone, PIPELINE_VERSION)).toBe(true)
    expect(catalog.features.has(version.backboneId, old, PIPELINE_VERSION)).toBe(false)
    expect(catalog.features.get(version.backboneId, old, PIPELINE_VERSION)).toBeUndefined()
  })

  test('are replaced, never doubled', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 2)
    const photo = putSearchable(catalog, version, '/a.jpg', [1, 0])
    catalog.features.put(version.backboneId, photo, PIPELINE_VERSION, Float32Array.of(0.25, -4))
    expect([...catalog.features.asFloat32(version.backboneId, photo, PIPELINE_VERSION)!]).toEqual([0.25, -4])
    expect(catalog.db.prepare('SELECT count(*) FROM features').pluck().get()).toBe(1)
  })

  test('go with their photo', () => {
    const catalog = scratch.catalog()
    putSearchable(catalog, rawVersion(catalog, 2), '/a.jpg', [1, 0])
    catalog.db.prepare('DELETE FROM photo').run()
    expect(catalog.db.prepare('SELECT count(*) FROM features').pluck().get()).toBe(0)
    expect(catalog.files.byPath('/a.jpg')).toBeUndefined()
  })
})

describe('catalog settings', () => {
  test('keep numbers and texts apart, and count generations', () => {
    const { settings } = scratch.catalog()
    settings.set('a', 1)
    settings.set('b', '1')
    expect([settings.number('a'), settings.text('a')]).toEqual([1, undefined])
    expect([settings.number('b'), settings.text('b')]).toEqual([undefined, '1'])
    expect(settings.number('none')).toBeUndefined()
    expect(settings.generation()).toBe(0)
    settings.bumpGeneration()
    settings.bumpGeneration()
    expect(settings.generation()).toBe(2)
  })
})

describe('catalog models', () => {
  test('are added once each and found by their names', () => {
    const { models } = scratch.catalog()
    const backbone = models.ensureBackbone('net', 'ff', '{}', 1)
    expect(models.ensureBackbone('net again', 'ff', '{}', 2)).toBe(backbone)
    expect(models.activeHead()).toBeUndefined()
    const head = models.ensureHead(backbone, 'net', 4, Buffer.from('parameters'), 1)
    expect(models.ensureHead(backbone, 'net', 4, null, 2)).toBe(head)
    models.activate(head)
    expect(models.activeHead()).toMatchObject({ id: head, name: 'net', dimension: 4 })
    expect(models.headByName(backbone, 'net')?.parameters?.toString()).toBe('parameters')
    expect(models.headByName(backbone, 'none')).toBeUndefined()
    expect(models.heads()).toHaveLength(1)
  })
})
