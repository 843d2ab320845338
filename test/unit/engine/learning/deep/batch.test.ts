import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BatchDrawer } from '../../../../../electron/engine/learning/deep/batch.ts'
import { Random } from '../../../../../electron/shared/random.ts'

describe('batch drawer', () => {
  test('draws different photos, each with positives and negatives', () => {
    const classes = fc.array(fc.nat(5), { minLength: 8, maxLength: 60 })
    const size = fc.integer({ min: 2, max: 6 })
    fc.assert(
      fc.property(classes, size, size, fc.nat(), (labels, classCount, photoCount, seed) => {
        const members = Map.groupBy(labels.keys(), photo => labels[photo]!)
        fc.pre([...members.values()].filter(photos => photos.length > 1).length >= 2)
        const drawer = new BatchDrawer(Int32Array.from(labels))
        const photos = drawer.draw(classCount, photoCount, new Random(seed))
        expect(new Set(photos).size).toBe(photos.length)
        const drawn = Map.groupBy(photos, photo => labels[photo]!)
        expect(drawn.size).toBeGreaterThanOrEqual(2)
        expect(drawn.size).toBeLessThanOrEqual(classCount)
        for (const [label, ofClass] of drawn)
          expect(ofClass).toHaveLength(Math.min(photoCount, members.get(label)!.length))
        expect(drawer.draw(classCount, photoCount, new Random(seed))).toEqual(photos)
      }),
    )
  })
})
