import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, routeAt } from '../../../renderer/state/address.ts'
import { noFilter } from '../../../renderer/state/filter.ts'
import type { QuerySpec, Route } from '../../../renderer/state/navigation.svelte.ts'

const id = fc.integer({ min: 1, max: 2 ** 40 })
const share = fc.integer({ min: 0, max: 10_000 }).map(n => n / 10_000)
const look = {
  weight: fc.constantFrom(0.25, 0.5, 1, 2, 4),
  crop: fc.record({ x: share, y: share, width: share, height: share }),
}
const example = fc.oneof(
  fc.record({ photo: id, ...look }, { requiredKeys: ['photo'] }),
  fc.record({ upload: fc.stringMatching(/^[\w-]{1,40}$/), ...look }, { requiredKeys: ['upload'] }),
)
const date = fc.option(fc.integer({ min: -(10 ** 12), max: 10 ** 13 }), { nil: undefined })
const names = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 3 })
const query: fc.Arbitrary<QuerySpec> = fc.record({
  examples: fc.array(example, { minLength: 1, maxLength: 4 }),
  not: fc.array(example, { maxLength: 3 }),
  filter: fc.record({
    albums: fc.array(id, { maxLength: 3 }),
    notAlbums: fc.array(id, { maxLength: 3 }),
    noAlbum: fc.boolean(),
    folders: names,
    cameras: names,
    formats: names,
    shapes: fc.subarray(['landscape', 'portrait', 'square'] as const),
    kinds: fc.subarray(['photo', 'video'] as const),
    takenFrom: date,
    takenBefore: date,
  }),
})

describe('the address of a view', () => {
  test('leads back to it', () => {
    const views: readonly Route[] = [
      { view: 'library' },
      { view: 'library', order: 'recent' },
      { view: 'album', album: 7 },
      { view: 'folder', folder: '/home/ada/Müller & Söhne? 100 % #1' },
      { view: 'ask' },
      { view: 'model' },
      { view: 'failed' },
      { view: 'settings' },
    ]
    for (const route of views) expect(routeAt(addressOf(route))).toEqual(route)
  })

  test('leads back to a query, with weights, crops and filters', () => {
    fc.assert(
      fc.property(query, query => {
        expect(routeAt(addressOf({ view: 'results', query }))).toEqual({ view: 'results', query })
      }),
    )
  })

  test('can be read', () => {
    const query: QuerySpec = {
      examples: [{ photo: 12, weight: 2, crop: { x: 0.1, y: 0.2, width: 0.5, height: 0.5 } }],
      not: [{ photo: 9 }],
      filter: { ...noFilter, albums: [3], folders: ['/home/ada/Summer trip'] },
    }
    expect(addressOf({ view: 'results', query })).toBe(
      '#/similar?like=12*2@0.1,0.2,0.5,0.5&not=9&albums=3&folders=/home/ada/Summer+trip',
    )
    expect(addressOf({ view: 'folder', folder: '/home/ada' })).toBe('#/folder?path=/home/ada')
  })

  test('that is none leads nowhere', () => {
    for (const text of [
      '',
      '#',
      '#token=abc',
      '#/nowhere',
      '#/album/x',
      '#/folder',
      '#/folder?path=',
      '#/similar',
      '#/similar?like=x',
      '#/similar?like=0',
    ])
      expect(routeAt(text)).toBeUndefined()
  })
})
