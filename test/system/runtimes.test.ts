import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { compareFeatures } from '../../electron/engine/vision/network/feature-agreement.ts'
import { readModel, type Network, bundledModelCard } from '../../electron/engine/vision/network/model-card.ts'
import { OnnxEmbedder } from '../../electron/engine/vision/runtimes/onnx-embedder.ts'
import {
  candidatesFor,
  CPU_RUNTIME,
  type Candidate,
} from '../../electron/engine/vision/runtimes/candidates.ts'
import {
  ProcessEmbedder,
  usualDeadlines,
  type Deadlines,
} from '../../electron/engine/vision/runtimes/process-embedder.ts'
import { Runtimes, type RuntimesOptions } from '../../electron/engine/vision/runtimes/runtimes.ts'
import { compareRuntimes, BENCHMARK_PHOTOS } from '../../electron/engine/vision/runtimes/runtime-benchmark.ts'
import { BenchmarkResults } from '../../electron/engine/vision/runtimes/benchmark-results.ts'
import { machineFacts } from '../../electron/engine/vision/runtimes/machine-facts.ts'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { silentLog } from '../../electron/engine/runtime/log.ts'
import { decodeForNetwork, type NetworkPixels } from '../../electron/engine/media/decode.ts'
import { drawSample, sampleKinds } from '../../samples/samples.ts'
import { makeLibrary } from '../support/made-library.ts'
import { Scratch } from '../unit/engine/scratch.ts'
import { smallPixels, writeSmallNetwork } from '../support/runtimes/small-network.ts'
import { troubled } from '../support/runtimes/troubled.ts'
import { PIPELINE_VERSION } from '../../electron/engine/library/pipeline-version.ts'

const scratch = new Scratch()
const networks = mkdtempSync(join(tmpdir(), 'kindred-runtimes-'))
afterAll(() => rmSync(networks, { recursive: true, force: true }))
const small = writeSmallNetwork(networks)
const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))
const { card, file } = readModel(bundledModelCard(resourcesDir))
const bundled: Network = { card, file }
const photos = smallPixels(BENCHMARK_PHOTOS)
/** Short deadlines, only for runtimes that hang. */
const impatient: Deadlines = { ...usualDeadlines, batch: 1500 }

const named = (name: string): Candidate => candidatesFor('linux').find(candidate => candidate.name === name)!

async function drawn(count: number, size: number): Promise<NetworkPixels[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const { data } = await drawSample({
        kind: sampleKinds[n % sampleKinds.length]!,
        seed: n,
        longEdge: 200,
      })
      return decodeForNetwork(data, size)
    }),
  )
}

/** A process that this one has started. */
function childRunning(program: string): number | undefined {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')
  return children
    .map(Number)
    .find(pid => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program))
}

describe('runtime comparison', () => {
  test('chooses the fastest that agrees with the CPU', async () => {
    const candidates = [troubled('longer', 1000), troubled('none', 1000)]
    // Large enough for a stand-in that remembers photos to be far ahead of the CPU.
    const rows = await compareRuntimes(bundled, await drawn(BENCHMARK_PHOTOS, card.input.size), {
      candidates,
    })
    expect(rows.map(({ runtime }) => runtime)).toEqual([CPU_RUNTIME, 'stand-in-longer', 'stand-in-none'])
    for (const row of rows) expect(row).toMatchObject({ state: 'fits', reason: null })
    expect(rows.filter(row => row.chosen)).toHaveLength(1)
    expect(rows[0]!.chosen).toBe(false)
    expect(Math.max(...rows.map(row => row.photosPerSecond!))).toBe(
      rows.find(row => row.chosen)!.photosPerSecond,
    )
  })

  test('reports what is wrong with each runtime, and keeps the CPU', async () => {
    const kinds = ['refuses', 'ends', 'crashes', 'throws', 'nan', 'short', 'drifts', 'longer'] as const
    const candidates = kinds.map(kind => troubled(kind, kind === 'crashes' ? 3 : 0))
    const [cpu, ...others] = await compareRuntimes(small, photos, { candidates })
    expect(cpu).toMatchObject({ state: 'fits', chosen: true, lowestCosine: 1 })
    expect(others.map(({ state, reason }) => [state, reason])).toEqual([
      ['absent', 'There is no such device.'],
      ['failed', 'Its process ended unasked (3).'],
      ['failed', 'Its process ended unasked (SIGSEGV).'],
      ['failed', expect.stringContaining('The device was lost.')],
      ['failed', 'It answered no features.'],
      ['failed', 'It answered no features.'],
      ['differs', 'Its features are not those of the CPU.'],
      ['differs', 'Its features are not those of the CPU.'],
    ])
    expect(others[6]!.lowestCosine).toBeLessThan(0.999)
    expect(others.some(({ chosen }) => chosen)).toBe(false)
  })

  test('does not wait for a runtime that hangs', async () => {
    const options = { candidates: [troubled('hangs', 1)], deadlines: impatient }
    const [cpu, hung] = await compareRuntimes(small, photos, options)
    expect(cpu!.chosen).toBe(true)
    expect(hung).toMatchObject({ state: 'failed', reason: 'It did not answer within 1.5 seconds.' })
  })

  test('stops on request', async () => {
    const stop = new AbortController()
    const comparing = compareRuntimes(small, photos, { candidates: [troubled('hangs')], signal: stop.signal })
    setTimeout(() => stop.abort(), 300)
    await expect(comparing).rejects.toThrow(/abort/i)
  })
})

describe('runtime: TensorFlow.js on WebAssembly', () => {
  test('gives the CPU’s features, photo by photo', async () => {
    const [, wasm] = await compareRuntimes(bundled, await drawn(16, card.input.size), {
      candidates: [named('tfjs-wasm')],
    })
    expect(['fits', 'slow']).toContain(wasm!.state)
    expect(wasm!.lowestCosine).toBeGreaterThan(0.9999)
  })
})

/** The software driver of Debian's Chromium: slow, but it uses the code path of a GPU's driver. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json'

describe.skipIf(!existsSync(swiftShader))(`WebGPU on SwiftShader (needs ${swiftShader})`, () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test('returns what the CPU returns, and is too slow to be chosen', async () => {
    vi.stubEnv('VK_ICD_FILENAMES', swiftShader)
    // If the system has no Vulkan loader, Chromium's is used.
    vi.stubEnv('LD_LIBRARY_PATH', `${process.env.LD_LIBRARY_PATH ?? ''}:/usr/lib/chromium`)
    const candidates = [named('onnxruntime-webgpu')]
    for (const [network, pixels] of [
      [small, photos],
      [bundled, await drawn(1, card.input.size)],
    ] as const) {
      const [cpu, webgpu] = await compareRuntimes(network, pixels, { candidates })
      expect(webgpu!.reason).toBeNull()
      expect(['fits', 'slow']).toContain(webgpu!.state)
      expect(webgpu!.lowestCosine).toBeGreaterThan(0.9999)
      expect(cpu!.chosen).toBe(true)
    }
  })
})

describe('runtime: WebGPU without a driver', () => {
  test('is absent, with a reason in one line', async () => {
    vi.stubEnv('VK_ICD_FILENAMES', '/nowhere.json')
    try {
      const [, webgpu] = await compareRuntimes(small, photos, { candidates: [named('onnxruntime-webgpu')] })
      expect(webgpu!.state).toBe('absent')
      expect(webgpu!.reason).toMatch(/^[^/\n]+$/)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

const standIn = (name: string): string =>
  `--import ${new URL(`../support/runtimes/${name}`, import.meta.url).href}`

describe('runtime: tfjs-node-gpu, as far as it runs without a GPU', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })
  const candidates = [named('tfjs-node-gpu')]

  test('works if its package loads: functions that Node has removed are restored', async () => {
    vi.stubEnv('NODE_OPTIONS', standIn('tfjs-node-gpu-works.mjs'))
    const [, gpu] = await compareRuntimes(small, photos, { candidates })
    expect(gpu!.reason).toBeNull()
    expect(gpu!.lowestCosine).toBeGreaterThan(0.9999)
  })

  test('is absent if its driver fails, with the reason', async () => {
    vi.stubEnv('NODE_OPTIONS', standIn('tfjs-node-gpu-fails.mjs'))
    const [, gpu] = await compareRuntimes(small, photos, { candidates })
    expect(gpu).toMatchObject({
      state: 'absent',
      reason: 'libcudart.so.11.0: cannot open shared object file',
    })
  })

  test('is absent if it is not installed, with instructions', async () => {
    vi.stubEnv('NODE_OPTIONS', standIn('tfjs-node-gpu-missing.mjs'))
    const [, gpu] = await compareRuntimes(small, photos, { candidates })
    expect(gpu).toMatchObject({
      state: 'absent',
      reason: expect.stringContaining('npm run gpu:install') as string,
    })
  })
})

describe('runtime in use', () => {
  const machine = ['a machine']
  let made: Runtimes[] = []
  afterEach(async () => {
    await Promise.all(made.map(runtimes => runtimes.close()))
    made = []
  })

  const fileIn = (folder: string): string => join(folder, 'machine', 'runtimes.json')

  function runtimes(folder: string, more: Partial<RuntimesOptions>): Runtimes {
    const one = new Runtimes({
      file: fileIn(folder),
      log: silentLog,
      now: () => 1234,
      photos: async () => photos,
      machine: async () => machine,
      ...more,
    })
    made.push(one)
    return one
  }

  /** Stores the result of an earlier benchmark in which the stand-in was the fastest. */
  function chooseBefore(folder: string, runtime: string): void {
    const row = { state: 'fits', reason: null, photosPerSecond: 100, lowestCosine: 1 } as const
    const rows = [
      { ...row, runtime: CPU_RUNTIME, chosen: false },
      { ...row, runtime, chosen: true },
    ]
    new BenchmarkResults(fileIn(folder), machine).keep(small.card.sha256, { measuredAt: 1, rows })
  }

  const batches = Array.from({ length: 12 }, (_, n) => smallPixels(16, `batch ${n}`))

  test.each([
    ['ends', 'Its process ended unasked (3).'],
    ['crashes', 'Its process ended unasked (SIGSEGV).'],
    ['hangs', 'It did not answer within 1.5 seconds.'],
    ['throws', 'The device was lost.'],
    ['nan', 'It answered no features.'],
    ['short', 'It answered no features.'],
    ['drifts', 'Its features are no longer those of the CPU'],
    ['longer', 'Its features are no longer those of the CPU'],
  ] as const)(
    'that %s is dropped for good, and the CPU takes over with the same results',
    async (kind, reason) => {
      const folder = scratch.folder()
      const candidate = troubled(kind, 4)
      chooseBefore(folder, candidate.name)
      const options = { candidates: [candidate], ...(kind === 'hangs' ? { deadlines: impatient } : {}) }
      const watched = runtimes(folder, options)
      await watched.recall(small.card)
      const embedder = watched.embedder(small)
      const cpu = new OnnxEmbedder(small)
      try {
        // The CPU does the work until its process has started.
        await vi.waitUntil(async () => {
          await embedder.features(batches[0]!)
          return embedder.runtime === candidate.name
        }, 60_000)
        for (const batch of batches) expect(await embedder.features(batch)).toEqual(await cpu.features(batch))
        expect(embedder.runtime).toBe(CPU_RUNTIME)
      } finally {
        await embedder.close()
        await cpu.close()
      }
      const dropped = { state: 'dropped', chosen: false, reason: expect.stringContaining(reason) as string }
      expect(watched.status(small.card).rows).toMatchObject([{ runtime: CPU_RUNTIME, chosen: true }, dropped])

      const next = runtimes(folder, options)
      await next.ensure(small)
      expect(next.status(small.card).rows).toMatchObject([{ chosen: true }, dropped])
    },
  )

  test.skipIf(process.platform !== 'linux')('survives a Ctrl-C in the terminal', async () => {
    const embedder = new ProcessEmbedder(troubled('none'), small)
    try {
      const before = await embedder.features(batches[0]!)
      process.kill(childRunning('troubled-runtime')!, 'SIGINT')
      expect(await embedder.features(batches[0]!)).toEqual(before)
    } finally {
      await embedder.close()
    }
  })

  test('is tried again when the machine has changed, or on request', async () => {
    const folder = scratch.folder()
    const candidates = [troubled('none', 1000)]
    chooseBefore(folder, candidates[0]!.name)
    const first = runtimes(folder, { candidates })
    await first.recall(small.card)
    expect(first.status(small.card)).toMatchObject({ state: 'measured', measuredAt: 1 })
    await first.measure(small)
    expect(first.status(small.card)).toMatchObject({ state: 'measured', measuredAt: 1234 })

    const elsewhere = runtimes(folder, { candidates, machine: async () => ['another machine'] })
    await elsewhere.recall(small.card)
    expect(elsewhere.status(small.card)).toMatchObject({ state: 'unknown', rows: [] })
    const told: string[] = []
    elsewhere.onChange(() => told.push(elsewhere.status(small.card).state))
    await elsewhere.ensure(small)
    expect(told).toEqual(['measuring', 'measured'])
    expect(elsewhere.status(small.card).rows[1]).toMatchObject({ state: 'fits', reason: null })
  })

  test('is measured during long work, which goes on at once', async () => {
    const folder = scratch.folder()
    const one = runtimes(folder, { candidates: [troubled('none', 1000)] })
    const embedder = one.embedder(small)
    try {
      for (let n = 0; n < 62; n++) await embedder.features(batches[n % batches.length]!)
      expect(one.status(small.card).state).not.toBe('measuring')
      await embedder.features(batches[0]!)
      await vi.waitUntil(() => one.status(small.card).state === 'measured', 60_000)
    } finally {
      await embedder.close()
    }
  })
})

describe.skipIf(process.platform !== 'linux')('crash of a runtime’s process during an import', () => {
  test('loses no photo: catalog and index are what the CPU makes', async () => {
    const made = await makeLibrary(6, false, 200)
    try {
      const machineDir = join(made.folder, 'machine')
      const row = { state: 'fits', reason: null, photosPerSecond: 100, lowestCosine: 1 } as const
      const rows = [
        { ...row, runtime: CPU_RUNTIME, chosen: false },
        { ...row, runtime: 'tfjs-wasm', chosen: true },
      ]
      const verdicts = new BenchmarkResults(join(machineDir, 'runtimes.json'), await machineFacts())
      verdicts.keep(card.sha256, { measuredAt: 1, rows })
      const engine = await openEngine({ libraryDir: made.libraryDir, resourcesDir, machineDir })
      const alone = await openEngine({ libraryDir: join(made.folder, 'alone'), resourcesDir })
      try {
        const importing = engine.library.import([made.photos])
        const embedder = engine.backbones.embedder(engine.index.version.backboneId)
        await vi.waitUntil(() => embedder.runtime === 'tfjs-wasm', { timeout: 60_000, interval: 5 })
        process.kill(childRunning('runtime.worker')!, 'SIGKILL')
        const result = await importing
        // If the import was too fast to notice, the next batch does.
        await embedder.features(await drawn(4, card.input.size))
        expect(result).toMatchObject(
          await alone.library.import([made.photos]).then(({ added, failed }) => ({ added, failed })),
        )
        expect((await engine.diagnostics.doctor()).problems).toEqual([])
        expect(engine.diagnostics.runtimeStatus().rows).toMatchObject([
          { runtime: CPU_RUNTIME, chosen: true },
          { runtime: 'tfjs-wasm', state: 'dropped', reason: 'Its process ended unasked (SIGKILL).' },
        ])
        const expected = featuresByHash(alone)
        const features = featuresByHash(engine)
        expect(features.size).toBe(expected.size)
        for (const [hash, row] of features)
          expect(compareFeatures(row, expected.get(hash)!, row.length).agrees).toBe(true)
      } finally {
        await engine.close()
        await alone.close()
      }
    } finally {
      await made.remove()
    }
  })

  function featuresByHash({ catalog, index }: Engine): Map<string, Float32Array> {
    const { backboneId } = index.version
    return new Map(
      catalog.photos
        .all()
        .map(({ id, contentHash }) => [
          contentHash.toString('hex'),
          catalog.features.asFloat32(backboneId, id, PIPELINE_VERSION)!,
        ]),
    )
  }
})
