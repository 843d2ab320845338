import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { indexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { Scratch } from '../../scratch.ts'
import { ChangingLibrary, projected } from './changing-library.ts'

const scratch = new Scratch()
afterAll(() => indexHost().close())

/** Photos in one call to the index thread, see fill-index.ts. */
const CHUNK = 512

/** Does something again and again, at random moments, until it is to stop. */
async function repeat(random: Random, until: () => boolean, work: () => Promise<unknown>): Promise<number> {
  let times = 0
  while (!until()) {
    await work()
    times++
    for (let turns = random.int(0, 3); turns > 0; turns--) await setImmediate()
  }
  return times
}

describe('embedding index: switching the version', () => {
  test('searches one version alone, whatever is added and removed meanwhile', async () => {
    const swap = fc.record({
      seed: fc.integer(),
      photos: fc.constantFrom(0, 1, 40, CHUNK + 60),
      adds: fc.boolean(),
      removes: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(swap, async ({ seed, photos, adds, removes }) => {
        const library = new ChangingLibrary(scratch, photos, seed)
        await library.open()
        const { index, random } = library
        let done = false
        const isDone = (): boolean => done
        const versions = new Set<string>()
        const others = [
          ...[1, 2, 3].map(searcher =>
            repeat(new Random(`${seed} ${searcher}`), isDone, () =>
              index.use(async view => {
                versions.add(view.version.name)
                // Several in a row, so that some search before and after the change.
                for (let i = random.int(1, 3); i > 0; i--) await library.search(view)
              }),
            ),
          ),
          ...(adds ? [repeat(new Random(`${seed} adds`), isDone, () => library.add())] : []),
          ...(removes ? [repeat(new Random(`${seed} removes`), isDone, () => library.remove())] : []),
        ]
        for (let i = random.int(0, 5); i > 0; i--) await setImmediate()
        // Changes from within, too: between two chunks is where an import would come in.
        let left = 3
        await index.switchVersion(library.next, async () => {
          if (left-- <= 0) return
          if (adds) await library.add()
          if (removes) await library.remove()
        })
        expect(index.version).toBe(library.next)
        for (let i = random.int(0, 5); i > 0; i--) await setImmediate()
        done = true
        await Promise.all(others)
        await library.expectExact(library.next)
        expect(library.catalog.models.activeHead()?.id).toBe(library.next.headId)
        await index.close()
        expect(await library.open(library.next)).toBe('none')
        await library.expectExact(library.next)
        await library.index.close()
      }),
      { numRuns: 20 },
    )
  })

  test('is complete when the library is opened after a kill', async () => {
    const library = new ChangingLibrary(scratch, 50, 'kill')
    await library.open()
    await library.index.switchVersion(library.next)
    const first = library.index
    expect(await library.open(library.next)).toBe('none')
    await library.expectExact(library.next)
    await library.index.close()
    await first.close()

    // With photos that came and went while the file was written.
    const busy = new ChangingLibrary(scratch, 50, 'busy')
    await busy.open()
    let done = false
    const changes = repeat(
      busy.random,
      () => done,
      () => busy.add(),
    )
    await busy.index.switchVersion(busy.next)
    done = true
    await changes
    const before = busy.index
    expect(await busy.open(busy.next)).toMatch(/^(none|caught-up)$/)
    await busy.expectExact(busy.next)
    await busy.index.close()
    await before.close()
  })

  test('makes the index anew after a kill between writing the file and the switch', async () => {
    // A kill after the file was written and before the catalog says so: the catalog still names the old version.
    const library = new ChangingLibrary(scratch, 50, 'between')
    await library.open()
    await library.index.switchVersion(library.next)
    library.catalog.models.activate(library.old.headId)
    const first = library.index
    expect(await library.open(library.old)).toBe('rebuilt')
    await library.expectExact(library.old)
    await library.index.close()
    await first.close()
  })

  test('keeps the old index open until its last search ends', async () => {
    const library = new ChangingLibrary(scratch, 100, 'views')
    await library.open()
    const { index, old, next } = library
    await index.use(async first => {
      await index.switchVersion(next)
      await index.use(async second => {
        await index.switchVersion(old)
        await library.search(first)
        await library.search(second)
        await index.use(view => library.search(view))
        expect([first.version, second.version, index.version]).toEqual([old, next, old])
      })
      await library.search(first)
    })
    await library.expectExact(old)
    await index.close()
  })

  test('leaves a view of the old index as it was, whatever comes and goes afterwards', async () => {
    const library = new ChangingLibrary(scratch, 20, 'snapshot')
    await library.open()
    const { index, old, next } = library
    await index.use(async view => {
      await index.switchVersion(next)
      const before = library.exact(library.query(old), old).length
      while (library.present.size > 0) await library.remove()
      const found = await view.search(library.query(old), 100)
      expect(found).toHaveLength(before)
      for (let i = 0; i < 30; i++) await library.add()
      expect(await view.search(library.query(old), 100)).toHaveLength(before)
    })
    await library.expectExact(next)
    await index.close()
  })

  test('switches to the same version again', async () => {
    const library = new ChangingLibrary(scratch, 30, 'same')
    await library.open()
    await library.index.switchVersion(library.old)
    await library.expectExact(library.old)
    await library.index.close()
    expect(await library.open()).toBe('none')
    await library.index.close()
  })

  test('ends with one of two versions, complete, where it is called twice at once', async () => {
    const library = new ChangingLibrary(scratch, CHUNK + 10, 'twice')
    await library.open()
    const third = projected(library.catalog, 5)
    await Promise.all([library.index.switchVersion(library.next), library.index.switchVersion(third)])
    const { version } = library.index
    expect([library.next, third]).toContain(version)
    expect(library.catalog.models.activeHead()?.id).toBe(version.headId)
    await library.expectExact(version)
    await library.index.close()
    expect(await library.open(version)).toBe('none')
    await library.index.close()
  })

  describe('stopped', () => {
    test('leaves everything as it was, wherever it is stopped, and can be done again', async () => {
      for (const stopAt of [1, 2, 3]) {
        const library = new ChangingLibrary(scratch, 2 * CHUNK + 20, `stop ${stopAt}`)
        await library.open()
        let calls = 0
        const change = library.index.switchVersion(library.next, async () => {
          await library.add()
          await library.remove()
          if (++calls === stopAt) throw new Error('stopped')
        })
        await expect(change).rejects.toThrow('stopped')
        await library.expectExact(library.old)
        expect(library.catalog.models.activeHead()?.id).toBe(library.old.headId)
        await library.index.close()
        expect(await library.open()).toBe('none')
        await library.index.switchVersion(library.next)
        await library.expectExact(library.next)
        await library.index.close()
      }
    })

    test('leaves everything as it was when stopped by a signal', async () => {
      const library = new ChangingLibrary(scratch, 2 * CHUNK, 'signal')
      await library.open()
      const stop = new AbortController()
      const change = library.index.switchVersion(library.next, () => {
        stop.abort()
        stop.signal.throwIfAborted()
        return Promise.resolve()
      })
      await expect(change).rejects.toThrow(/abort/i)
      await library.expectExact(library.old)
      await library.index.close()
      expect(await library.open()).toBe('none')
      await library.index.close()
    })

    test('goes back to the old file when stopped after the new one was written', async () => {
      const library = new ChangingLibrary(scratch, 20, 'late')
      await library.open()
      let calls = 0
      const change = library.index.switchVersion(library.next, () => {
        if (++calls === 2) throw new Error('stopped')
        // Once this chunk is in, a photo comes: it is seen after the file was written.
        void setImmediate().then(() => library.add())
        return Promise.resolve()
      })
      await expect(change).rejects.toThrow('stopped')
      await library.expectExact(library.old)
      await library.index.close()
      expect(await library.open()).toBe('none')
      // The disk is full, say.
      const full = vi.spyOn(library.catalog.models, 'activate').mockImplementationOnce(() => {
        throw new Error('full')
      })
      await expect(library.index.switchVersion(library.next)).rejects.toThrow('full')
      full.mockRestore()
      await library.expectExact(library.old)
      await library.index.close()
      expect(await library.open()).toBe('none')
      await library.expectExact(library.old)
      await library.index.close()
    })

    test('loads the old version into a new thread when the index thread has died', async () => {
      const library = new ChangingLibrary(scratch, CHUNK + 10, 'thread')
      await library.open()
      let calls = 0
      const change = library.index.switchVersion(library.next, async () => {
        if (++calls === 1) await indexHost().close()
      })
      await expect(change).rejects.toThrow()
      expect(library.catalog.models.activeHead()?.id).toBe(library.old.headId)
      await library.index.search(library.query(library.old), 3)
      await library.expectExact(library.old)
      await library.index.switchVersion(library.next)
      await library.expectExact(library.next)
      await library.index.close()
    })
  })
})
