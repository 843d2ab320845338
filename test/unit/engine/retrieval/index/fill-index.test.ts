import { describe, expect, test } from 'vitest'
import { fillIndex, type Fillable } from '../../../../../electron/engine/retrieval/index/fill-index.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'

/** An index that holds ids only, and counts the photos of each call. */
class Ids implements Fillable {
  readonly photos: Set<PhotoId>
  readonly calls: string[] = []

  constructor(photos: readonly PhotoId[]) {
    this.photos = new Set(photos)
  }

  async add(photos: readonly PhotoId[]): Promise<void> {
    this.calls.push(`add ${photos.length}`)
    for (const id of photos) this.photos.add(id)
    return Promise.resolve()
  }

  async remove(photos: readonly PhotoId[]): Promise<void> {
    this.calls.push(`remove ${photos.length}`)
    for (const id of photos) this.photos.delete(id)
    return Promise.resolve()
  }
}

const ids = (from: number, to: number): PhotoId[] =>
  Array.from({ length: to - from }, (_, i) => (from + i) as PhotoId)

const count = (changes: number): number => changes

describe('filling an index', () => {
  test('removes what is left over, adds what is missing in chunks, and counts both', async () => {
    const index = new Ids(ids(0, 10))
    expect(await fillIndex(index, () => new Set(ids(4, 1100)), count)).toBe(4 + 1090)
    expect(index.calls).toEqual(['remove 4', 'add 512', 'add 512', 'add 66'])
    expect(index.photos).toEqual(new Set(ids(4, 1100)))
  })

  test('changes nothing where nothing is missing', async () => {
    const index = new Ids(ids(0, 3))
    expect(await fillIndex(index, () => new Set(ids(0, 3)), count)).toBe(0)
    expect(index.calls).toEqual([])
  })

  test('goes on until nothing has come or gone meanwhile', async () => {
    const index = new Ids([])
    const wanted = new Set(ids(0, 2))
    const arriving = ids(2, 5)
    const changes = await fillIndex(
      index,
      () => wanted,
      count,
      () => {
        const next = arriving.shift()
        if (next !== undefined) wanted.add(next)
        return Promise.resolve()
      },
    )
    expect(changes).toBe(5)
    expect(index.photos).toEqual(wanted)
  })

  test('lets nothing run between the last comparison and the end', async () => {
    const index = new Ids([])
    let ran = false
    const wanted = (): Set<PhotoId> => {
      ran = false
      queueMicrotask(() => (ran = true))
      return new Set(ids(0, 3))
    }
    expect(await fillIndex(index, wanted, () => ran)).toBe(false)
  })

  test('ends with what is thrown between chunks', async () => {
    const index = new Ids([])
    const stop = (): Promise<void> => Promise.reject(new Error('stopped'))
    await expect(fillIndex(index, () => new Set(ids(0, 600)), count, stop)).rejects.toThrow('stopped')
    expect(index.calls).toEqual(['add 512'])
  })
})
