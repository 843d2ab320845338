/**
 * How long a photo takes in the bundled network on the CPU: threads, batches, and whether waiting threads spin; alone, and beside
 * sharp decoding as an import does. `node test/bench/embedding.ts`
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { quantile } from '../../electron/shared/quantile.ts'
import { readModel } from '../../electron/engine/embed/model-card.ts'
import { bundledModelCard } from '../../electron/engine/engine.ts'
import { drawSample } from '../../electron/engine/samples/samples.ts'
import { Random } from '../../electron/shared/random.ts'

const ROUND_MS = 700
const ROUNDS = 3

const { file, card } = readModel(bundledModelCard(fileURLToPath(new URL('../../resources', import.meta.url))))
const { size, name } = card.input
const random = new Random('bench')
const pixels = Float32Array.from({ length: 32 * 3 * size * size }, () => random.gauss())

async function load(threads: number, spin: boolean): Promise<InferenceSession> {
  return InferenceSession.create(file, {
    intraOpNumThreads: threads,
    extra: { session: { intra_op: { allow_spinning: spin ? '1' : '0' } } },
  })
}

/** Photos a second: the median of rounds, which take turns so that all see the same neighbours. */
async function photosPerSecond(session: InferenceSession, batch: number): Promise<number> {
  const length = 3 * size * size
  const tensor = new Tensor('float32', pixels.subarray(0, batch * length), [batch, 3, size, size])
  await session.run({ [name]: tensor })
  const started = performance.now()
  let photos = 0
  while (performance.now() - started < ROUND_MS) {
    await session.run({ [name]: tensor })
    photos += batch
  }
  return photos / ((performance.now() - started) / 1000)
}

const { data } = await drawSample({ kind: 'coffee', seed: 1, longEdge: 2000 })
let decoded = 0

/** Keeps as many decodings running as an import does. */
async function decode(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sharp(data).resize(size, size).raw().toBuffer()
    decoded++
  }
}

const variants = await Promise.all(
  [
    { threads: 1, spin: false },
    { threads: 2, spin: true },
    { threads: 2, spin: false },
  ].map(async variant => ({ ...variant, session: await load(variant.threads, variant.spin) })),
)

for (const decoders of [0, 3])
  for (const batch of [1, 8, 16, 32]) {
    const speeds = variants.map(() => [] as number[])
    const decodings = variants.map(() => [] as number[])
    for (let round = 0; round < ROUNDS; round++)
      for (const [v, { session }] of variants.entries()) {
        const stop = new AbortController()
        decoded = 0
        const started = performance.now()
        const decoding = Array.from({ length: decoders }, () => decode(stop.signal))
        speeds[v]!.push(await photosPerSecond(session, batch))
        decodings[v]!.push(decoded / ((performance.now() - started) / 1000))
        stop.abort()
        await Promise.all(decoding)
        await pause(20)
      }
    const cells = variants.map(({ threads, spin }, v) => {
      const beside = decoders > 0 ? `, ${quantile(decodings[v]!, 0.5).toFixed(0)} decoded/s` : ''
      return `${threads} threads${threads > 1 ? (spin ? ' spinning' : ' waiting') : ''} ${quantile(speeds[v]!, 0.5).toFixed(0)}/s${beside}`
    })
    console.log(`${decoders > 0 ? 'beside decoding' : 'alone'}, batch ${batch}: ${cells.join(' · ')}`)
  }
