import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { embed } from '../../../../../electron/engine/vision/head/head.ts'
import { EmbeddingIndex } from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import {
  directIndex,
  indexBuilder,
  indexHost,
} from '../../../../../electron/engine/retrieval/index/index-host.ts'
import {
  isTuningDue,
  tuneIndex,
  type TuningLimits,
} from '../../../../../electron/engine/retrieval/index/index-tuning.ts'
import { listsFor } from '../../../../../electron/engine/retrieval/index/inverted-file.ts'
import { readTuning } from '../../../../../electron/engine/retrieval/index/tuning-record.ts'
import type { JobContext } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import { ProgressMeter } from '../../../../../electron/engine/runtime/jobs/progress.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { putSearchable, rawVersion, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
afterAll(() => Promise.all([indexHost().close(), ...(directIndex() ? [indexBuilder().close()] : [])]))

const DIMENSION = 16
/** Exact search counts as slow, so that an inverted file is tried at any size. */
const eager: TuningLimits = { exactMillis: 0, fewestPhotos: 100, recall: 0.9 }

function job(signal = new AbortController().signal): JobContext {
  return {
    id: 1 as JobContext['id'],
    signal,
    progress: new ProgressMeter(() => undefined),
    checkpoint: () => Promise.resolve(),
  }
}

/** Photos in clusters, as photos are. */
async function library(photos: number) {
  const folder = scratch.folder()
  const catalog = scratch.catalog(folder)
  const version = rawVersion(catalog, DIMENSION)
  const random = new Random('clusters')
  const centres = Array.from({ length: 40 }, () => Array.from({ length: DIMENSION }, () => random.gauss()))
  let count = 0
  const put = (): PhotoId =>
    putSearchable(
      catalog,
      version,
      `/photos/${count++}.jpg`,
      random.pick(centres).map(value => value + 0.3 * random.gauss()),
    )
  catalog.transaction(() => {
    for (let i = 0; i < photos; i++) put()
  })
  const file = join(folder, 'index.kindred')
  const { index } = await EmbeddingIndex.open(catalog, file, version)
  const query = (): Float32Array =>
    embed(
      version.head,
      Float32Array.from(random.pick(centres), value => value + 0.3 * random.gauss()),
    )
  /** Never removes the last thousand, however long the changes go on. */
  const remove = async (): Promise<void> => {
    if (index.size <= 1000) return
    const photo = random.pick([...index.photos])
    catalog.files.markMissing(catalog.files.presentOf(photo)[0]!.id)
    catalog.settings.bumpGeneration()
    await index.remove([photo])
  }
  return { catalog, version, index, file, put, query, remove, now: () => 5 }
}

describe.skipIf(!directIndex())('index tuning', () => {
  test('picks an inverted file that finds nearly all, and exactly all where more are searched for', async () => {
    const { catalog, index, version, file, query, now } = await library(3000)
    const queries = Array.from({ length: 40 }, query)
    const exact = await Promise.all(queries.map(vector => index.search(vector, 300)))
    const tuning = await tuneIndex({ catalog, index, now }, job(), eager)

    expect(tuning).toMatchObject({ measuredAt: 5, vectors: 3000, dimension: DIMENSION, queries: 200 })
    const chosen = tuning.rows.filter(row => row.chosen)
    expect(chosen).toHaveLength(1)
    expect(readTuning(catalog.settings, version.headId)).toEqual(tuning)
    // Whichever is faster on this machine: 3,000 short vectors are compared in no time.
    const { lists, nprobe } = chosen[0]!
    expect(index.layout).toMatchObject({ lists, nprobe })
    if (lists === 0) {
      await index.close()
      return
    }
    expect(lists).toBe(listsFor(3000))
    expect(chosen[0]!.recallAt10).toBeGreaterThanOrEqual(0.9)

    let found = 0
    for (const [i, vector] of queries.entries()) {
      const near = await index.search(vector, 10)
      const truth = new Map(exact[i]!.map(({ id, distance }) => [id, distance]))
      found += near.filter(({ id }) => exact[i]!.slice(0, 10).some(other => other.id === id)).length
      for (const { id, distance } of near) if (truth.has(id)) expect(distance).toBeCloseTo(truth.get(id)!, 4)
      expect((await index.search(vector, 300)).map(({ id }) => id).sort()).toEqual(
        exact[i]!.map(({ id }) => id).sort(),
      )
    }
    expect(found / 400).toBeGreaterThan(0.8)

    // The inverted file is read back as it is.
    await index.close()
    const again = await EmbeddingIndex.open(catalog, file, version)
    expect(again.recovery).toBe('none')
    expect(again.index.layout).toMatchObject({ lists, nprobe })
    expect(again.index.size).toBe(3000)
    await again.index.close()
  })

  test('lets searches go on, and misses no photo that came or went meanwhile', async () => {
    const { catalog, index, put, query, remove, now } = await library(2000)
    let done = false
    const isDone = (): boolean => done
    const changes = (async () => {
      while (!isDone()) {
        await index.add([put()])
        await remove()
        await remove()
        await setImmediate()
      }
    })()
    const searches = (async () => {
      let asked = 0
      while (!isDone()) {
        expect(await index.search(query(), 5)).toHaveLength(5)
        asked++
        await setImmediate()
      }
      return asked
    })()
    try {
      await tuneIndex({ catalog, index, now }, job(), { ...eager, recall: 0 })
    } finally {
      done = true
      await changes
    }
    expect(await searches).toBeGreaterThan(0)
    const everything = await index.search(query(), 5000)
    expect(new Set(everything.map(({ id }) => id))).toEqual(index.photos)
    expect(await index.catchUp()).toBe(false)
    await index.close()
  })

  test('leaves the index as it is when stopped', async () => {
    const { catalog, index, query, now } = await library(500)
    const before = await index.search(query(), 20)
    const stop = new AbortController()
    stop.abort()
    await expect(tuneIndex({ catalog, index, now }, job(stop.signal), eager)).rejects.toThrow(/abort/i)
    expect(index.layout.lists).toBe(0)
    expect(before).toHaveLength(20)
    await index.close()
  })

  test('keeps exact search where it is fast enough, and is not due again until the library has grown', async () => {
    const { catalog, index, put, now } = await library(300)
    const patient: TuningLimits = { ...eager, exactMillis: 1e6 }
    expect(await isTuningDue({ catalog, index, now }, { ...eager, fewestPhotos: 1000 })).toBe(false)
    expect(await isTuningDue({ catalog, index, now }, eager)).toBe(true)
    const { rows, reason } = await tuneIndex({ catalog, index, now }, job(), patient)
    expect(rows).toMatchObject([{ lists: 0, recallAt10: 1, chosen: true }])
    expect(reason).toBe('fast-enough')
    expect(await isTuningDue({ catalog, index, now }, eager)).toBe(false)
    await index.add(Array.from({ length: 100 }, put))
    expect(await isTuningDue({ catalog, index, now }, eager)).toBe(true)
    await index.close()
  })
})
