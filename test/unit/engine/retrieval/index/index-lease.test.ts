import { beforeEach, describe, expect, test } from 'vitest'
import type { IndexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { FLAT_LAYOUT, IndexLease } from '../../../../../electron/engine/retrieval/index/index-lease.ts'
import { rawVersion, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
let closed: unknown[]
let host: { alive: boolean; call(method: string, handle: number): Promise<void> }
let lease: IndexLease

beforeEach(() => {
  closed = []
  host = {
    alive: true,
    call(method, handle) {
      closed.push([method, handle])
      return Promise.resolve()
    },
  }
  const catalog = scratch.catalog()
  lease = new IndexLease(catalog.features, {
    host: host as unknown as IndexHost,
    handle: 7,
    version: rawVersion(catalog, 2),
    layout: FLAT_LAYOUT,
    photos: [],
  })
})

describe('index lease', () => {
  test('is freed when its last search ends', async () => {
    const searches = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
    const uses = searches.map(({ promise }) => lease.use(() => promise))
    await lease.retire()
    searches[0]!.resolve(undefined)
    await uses[0]
    expect(closed).toEqual([])
    searches[1]!.resolve(undefined)
    await uses[1]
    expect(closed).toEqual([['close', 7]])
  })

  test('is freed at once where nothing is searched', async () => {
    await lease.use(() => Promise.resolve())
    expect(closed).toEqual([])
    await lease.retire()
    expect(closed).toEqual([['close', 7]])
  })

  test('is freed after a search that fails', async () => {
    await expect(
      lease.use(async () => {
        await lease.retire()
        throw new Error('failed')
      }),
    ).rejects.toThrow('failed')
    expect(closed).toEqual([['close', 7]])
  })

  test('is gone with its thread', async () => {
    host.alive = false
    await lease.retire()
    expect(closed).toEqual([])
  })
})
