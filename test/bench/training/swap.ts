import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quantile } from '../../../electron/shared/quantile.ts'
import { headToParameters } from '../../../electron/engine/vision/head/head.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { type DecodedPhoto } from '../../../electron/engine/media/decode.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { Random } from '../../../electron/shared/random.ts'
import type { PhotoId } from '../../../electron/shared/ids.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'

/**
 * Switches a large library to another version while a client searches without pause: `node test/bench/training/swap.ts [PHOTOS]`.
 * Features are made: blurred copies of a few hundred directions, as photos of a few hundred subjects would be.
 */
const count = Number(process.argv[2] ?? 100_000)
const LIMIT_MS = 250
const LIMIT_SECONDS = 10

const folder = mkdtempSync(join(tmpdir(), 'kindred-swap-'))
try {
  const options = { libraryDir: join(folder, 'library'), resourcesDir: resourcesDir(process.env) }
  const first = await openEngine(options)
  const { backboneId, head } = first.index.version
  const random = new Random('swap')
  const length = head.inputLength
  const subjects = Array.from({ length: 300 }, () =>
    Float32Array.from({ length }, () => Math.max(0, random.gauss())),
  )
  const noise = Float32Array.from({ length: 1_000_003 }, () => 0.4 * random.gauss())
  const look: DecodedPhoto = {
    format: 'JPEG',
    width: 3,
    height: 2,
    averageColor: 0,
    metadata: {},
    thumbnail: Buffer.alloc(0),
    network: { size: 0, rgb: new Uint8Array(0) },
    perceptualHash: Buffer.alloc(8),
  }
  const stamp = { size: 1, modifiedMs: 1, changedMs: 1 }
  first.catalog.transaction(() => {
    for (let n = 0; n < count; n++) {
      const hash = Buffer.alloc(32)
      hash.writeUInt32LE(n + 1, 0)
      const id = first.catalog.photos.record(hash, 1, look, PIPELINE_VERSION, 0)
      first.catalog.files.record(
        `/photos/${n}.jpg`,
        stamp,
        { state: 'present', photoId: id },
        PIPELINE_VERSION,
      )
      const offset = (n * 577) % (noise.length - length)
      const features = subjects[n % subjects.length]!.map((value, i) =>
        Math.max(0, value + noise[offset + i]!),
      )
      first.catalog.features.put(backboneId, id, PIPELINE_VERSION, features)
    }
    first.catalog.settings.bumpGeneration()
  })
  const matrix = Float32Array.from({ length: length * 256 }, () => random.gauss())
  const other = {
    inputLength: length,
    dimension: 256,
    projection: { mean: new Float32Array(length), matrix },
  }
  first.catalog.models.addHead(backboneId, 'other', 256, headToParameters(other), 0)
  await first.close()

  const engine = await openEngine(options)
  const quiet = await search(engine, 200)
  const stop = new AbortController()
  const during: number[] = []
  const models = new Set<string>()
  const client = (async () => {
    const draw = new Random('client')
    while (!stop.signal.aborted) {
      const started = performance.now()
      const answer = await engine.search.nearest({ images: [{ id: draw.int(1, count) as PhotoId }], k: 20 })
      during.push(performance.now() - started)
      models.add(answer.model)
    }
  })()
  const started = performance.now()
  await engine.models.use(engine.models.find('other').id).done
  const seconds = (performance.now() - started) / 1000
  stop.abort()
  await client
  await engine.close()

  const slowest = Math.max(...during)
  console.log(`${count} photos re-embedded, re-indexed, written and swapped in ${seconds.toFixed(1)} s`)
  console.log(`  ${(seconds / LIMIT_SECONDS).toFixed(2)} of the ${LIMIT_SECONDS} s that are allowed`)
  console.log(
    `${during.length} searches meanwhile, none failed, versions ${[...models].join(' then ')}: ` +
      `p50 ${quantile(during, 0.5).toFixed(1)} ms, p95 ${quantile(during, 0.95).toFixed(1)} ms, slowest ${slowest.toFixed(0)} ms ` +
      `(${(slowest / LIMIT_MS).toFixed(2)} of ${LIMIT_MS} ms); before it p50 ${quantile(quiet, 0.5).toFixed(1)} ms`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function search(engine: Awaited<ReturnType<typeof openEngine>>, times: number): Promise<number[]> {
  const millis: number[] = []
  const draw = new Random('quiet')
  for (let i = 0; i < times; i++) {
    const started = performance.now()
    await engine.search.nearest({ images: [{ id: draw.int(1, count) as PhotoId }], k: 20 })
    millis.push(performance.now() - started)
  }
  return millis
}
