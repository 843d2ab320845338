import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import type { ModelVersion } from '../../../../../electron/engine/vision/model-versions.ts'
import type { MachineBusy } from '../../../../../electron/shared/training-wait.ts'
import type { JobId } from '../../../../../electron/shared/ids.ts'
import type { LiveJob } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import {
  AutoTrainer,
  type AutoTrainerTools,
} from '../../../../../electron/engine/learning/versions/auto-trainer.ts'
import { silentLog } from '../../../../../electron/engine/runtime/log.ts'
import { collectLabels } from '../../../../../electron/engine/learning/labels/collect-labels.ts'
import { summariseLabels } from '../../../../../electron/engine/learning/labels/label-summary.ts'
import { rawVersion, Scratch } from '../../scratch.ts'
import { Album } from './labelled.ts'

const scratch = new Scratch()
const MINUTE = 60_000

let now: number
let machine: { busy: MachineBusy | null; untouchedSince: number | undefined }
let catalog: Catalog
let version: ModelVersion
let running: Partial<LiveJob>[]
let training: boolean
let trained: unknown[]
let learning: AutoTrainer
let ends: () => void

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  now = 1_000_000
  catalog = scratch.catalog()
  version = rawVersion(catalog, 4)
  running = []
  training = false
  trained = []
  machine = { busy: null, untouchedSince: undefined }
  learning = new AutoTrainer({
    catalog,
    log: silentLog,
    now: () => now,
    machine: {
      whyBusy: () => machine.busy,
      get untouchedSince() {
        return machine.untouchedSince
      },
    },
    labels: {
      get summary() {
        return summariseLabels(collectLabels(catalog, version.backboneId))
      },
      fresh: true,
      refresh: () => Promise.resolve(),
      onChange: () => () => undefined,
    },
    jobs: {
      list: () => running,
      pause: (id: number) => setState(id, 'paused'),
      resume: (id: number) => setState(id, 'running'),
    } as unknown as AutoTrainerTools['jobs'],
    models: {
      get training() {
        return training
      },
      live: null,
      recordActivity: () => undefined,
      train: (parameters: unknown) => {
        const id = trained.push(parameters) as JobId
        const { promise: done, resolve } = Promise.withResolvers<undefined>()
        running = [...running, { id, state: 'running' }]
        training = true
        ends = () => {
          setState(id, 'done')
          training = false
          resolve(undefined)
        }
        return { id, done }
      },
    } as unknown as AutoTrainerTools['models'],
  })
  learning.start()
})

afterEach(() => {
  learning.stop()
  vi.useRealTimers()
})

function setState(job: number, state: LiveJob['state']): void {
  running = running.map(one => (one.id === job ? { ...one, state } : one))
}

/** Lets the clock run on; the engine looks twice a minute. */
function pass(millis: number): void {
  now += millis
  vi.advanceTimersByTime(millis)
}

function fill(photos = 10): Album[] {
  return ['Cats', 'Dogs'].map(name => new Album(catalog, version, name, photos))
}

describe('auto-trainer', () => {
  test('starts once enough labels have changed and nobody has used the computer for two minutes', () => {
    fill()
    expect(learning.status()).toMatchObject({
      labelsChanged: 20,
      albums: 2,
      photos: 20,
      blocked: null,
      automatic: true,
    })
    expect(learning.status().waitsFor).toEqual({ code: 'in-use', minutes: 2 })
    pass(MINUTE)
    expect(trained).toEqual([])
    pass(1.5 * MINUTE)
    expect(trained[0]).toEqual({ seed: 1, deep: false })
    expect(learning.status().waitsFor).toBeNull()
  })

  test('waits while the program is being used', () => {
    fill()
    for (let i = 0; i < 20; i++) {
      pass(MINUTE)
      learning.recordActivity()
    }
    expect(trained).toEqual([])
    pass(3 * MINUTE)
    expect(trained).not.toEqual([])
  })

  test('waits while somebody works with other programs, where the host knows of that', () => {
    fill()
    for (let i = 0; i < 10; i++) {
      machine.untouchedSince = now + MINUTE / 2
      pass(MINUTE)
    }
    expect(learning.status().waitsFor).toEqual({ code: 'in-use', minutes: 2 })
    expect(trained).toEqual([])
    pass(2 * MINUTE)
    expect(trained).not.toEqual([])
  })

  test('waits while too few albums are trainable, and says what is lacking', () => {
    expect(learning.status().blocked).toEqual({
      ...{ code: 'too-few-albums', fewestAlbums: 2, fewestPhotos: 5, trainable: 0, lacking: [] },
    })
    new Album(catalog, version, 'Cats', 10)
    new Album(catalog, version, 'Dogs', 3)
    pass(10 * MINUTE)
    expect(trained).toEqual([])
    const { blocked, waitsFor, albums, photos } = learning.status()
    expect(blocked).toMatchObject({ trainable: 1, lacking: [{ album: 'Dogs', needs: 2 }] })
    expect(waitsFor).toEqual(blocked)
    expect([albums, photos]).toEqual([1, 10])
  })

  test('waits for twelve labels, or a twentieth of all where these are many', () => {
    const [cats, dogs] = fill()
    catalog.albumCommands.settleLabelChanges()
    catalog.albumCommands.remove(dogs!.id, dogs!.photos.slice(0, 3))
    catalog.albumCommands.refuse(cats!.id, dogs!.photos.slice(0, 8))
    pass(10 * MINUTE)
    expect(learning.status()).toMatchObject({ labelsChanged: 11, blocked: null })
    expect(learning.status().waitsFor).toEqual({ code: 'more-labels', wanted: 12, changed: 11 })
    expect(trained).toEqual([])
    catalog.albumCommands.refuse(cats!.id, dogs!.photos.slice(8, 9))
    pass(MINUTE)
    expect(trained).not.toEqual([])
    ends()

    const many = new Album(catalog, version, 'Many', 380)
    catalog.albumCommands.settleLabelChanges()
    catalog.albumCommands.refuse(cats!.id, many.photos.slice(0, 19))
    expect(learning.status().waitsFor).toEqual({ code: 'more-labels', wanted: 20, changed: 19 })
    catalog.albumCommands.refuse(cats!.id, many.photos.slice(19, 20))
    expect(learning.status().waitsFor).toBeNull()
  })

  test('waits for other work', () => {
    fill()
    running = [{ state: 'done' }, { state: 'running' }]
    pass(10 * MINUTE)
    expect(learning.status().waitsFor).toEqual({ code: 'other-work' })
    expect(trained).toEqual([])
    running = [{ state: 'done' }, { state: 'paused' }]
    pass(MINUTE)
    expect(trained).not.toEqual([])
  })

  test('waits while the computer runs on battery', () => {
    fill()
    machine.busy = 'on-battery'
    pass(10 * MINUTE)
    expect(learning.status().waitsFor).toEqual({ code: 'on-battery' })
    expect(trained).toEqual([])
    machine.busy = null
    pass(MINUTE)
    expect(trained).not.toEqual([])
  })

  test('pauses while the machine has no room, and says so', () => {
    fill()
    pass(3 * MINUTE)
    const state = () => running[0]!.state
    expect(state()).toBe('running')
    machine.busy = 'on-battery'
    pass(MINUTE)
    expect(state()).toBe('paused')
    expect(learning.status().waitsFor).toEqual({ code: 'on-battery' })
    machine.busy = null
    pass(MINUTE)
    expect(state()).toBe('running')
    expect(learning.status().waitsFor).toBeNull()
    ends()
    expect(trained).toHaveLength(1)
  })

  test('leaves a training alone that was resumed or paused by hand', () => {
    fill()
    pass(3 * MINUTE)
    setState(1, 'paused')
    pass(MINUTE)
    expect(running[0]!.state).toBe('paused')
    setState(1, 'running')
    machine.busy = 'busy'
    pass(MINUTE)
    expect(running[0]!.state).toBe('paused')
    setState(1, 'running')
    pass(10 * MINUTE)
    expect(running[0]!.state).toBe('running')
  })

  test('leaves a training alone that it has not started', () => {
    fill()
    training = true
    running = [{ id: 7 as JobId, state: 'running' }]
    machine.busy = 'on-battery'
    pass(10 * MINUTE)
    expect(running[0]!.state).toBe('running')
  })

  test('resumes an interrupted training as soon as the machine has room', () => {
    machine.busy = 'on-battery'
    learning.resume({ seed: 3, deep: true })
    expect(trained).toEqual([{ seed: 3, deep: true }])
    expect(running[0]!.state).toBe('paused')
    learning.resume({ seed: 4, deep: false })
    expect(trained).toHaveLength(1)
    machine.busy = null
    pass(MINUTE)
    expect(running[0]!.state).toBe('running')
  })

  test('does not start a second training', () => {
    fill()
    training = true
    pass(10 * MINUTE)
    expect(trained).toEqual([])
  })

  test('does not start while it is turned off, and remembers that', () => {
    fill()
    learning.automatic = false
    pass(10 * MINUTE)
    expect(trained).toEqual([])
    expect(learning.status().automatic).toBe(false)
    learning.automatic = true
    pass(MINUTE)
    expect(trained).not.toEqual([])
  })

  test('does not start before start() or after stop()', () => {
    fill()
    learning.stop()
    pass(10 * MINUTE)
    expect(trained).toEqual([])
    learning.start()
    learning.start()
    pass(31_000)
    expect(trained).toHaveLength(1)
  })
})

describe('auto-trainer: status', () => {
  test('follows the albums', () => {
    const [cats] = fill()
    expect(learning.status()).toMatchObject({ albums: 2, photos: 20 })
    catalog.albumCommands.remove(cats!.id, cats!.photos.slice(0, 4))
    expect(learning.status()).toMatchObject({ albums: 2, photos: 16 })
    catalog.albumCommands.setUsedForTraining(cats!.id, false)
    expect(learning.status()).toMatchObject({ albums: 1, photos: 10 })
    expect(learning.status().blocked).not.toBeNull()
    catalog.albumCommands.undo()
    expect(learning.status()).toMatchObject({ albums: 2, photos: 16, blocked: null })
    // Photos without features do not count.
    catalog.files.markMissing(catalog.files.byPath('/photos/Dogs/0.jpg')!.id)
    catalog.settings.bumpGeneration()
    expect(learning.status()).toMatchObject({ albums: 2, photos: 15 })
  })
})
