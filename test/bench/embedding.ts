/**
 * Time per photo in the bundled network on the CPU: threads, batches, and whether waiting threads spin; alone, and while
 * sharp decodes as in an import. `node test/bench/embedding.ts`
 */
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { quantile } from '../../electron/shared/quantile.ts'
import { readModel, bundledModelCard } from '../../electron/engine/vision/network/model-card.ts'
import { drawSample } from '../../samples/samples.ts'
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

/** Photos a second: the median of rounds, in which the variants take turns. */
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

/** Decodings so far, and whether to continue: shared with the decoding thread, since the network blocks this one. */
const shared = isMainThread ? new Int32Array(new SharedArrayBuffer(8)) : (workerData as Int32Array)
const [DECODED, GOES_ON] = [0, 1]

/** Runs as many decoders at once as an import, while GOES_ON is set. */
async function decode(): Promise<void> {
  const { data } = await drawSample({ kind: 'coffee', seed: 1, longEdge: 2000 })
  const one = async (): Promise<void> => {
    for (;;) {
      if (Atomics.load(shared, GOES_ON) === 0) await pause(10)
      else {
        await sharp(data).resize(size, size).raw().toBuffer()
        Atomics.add(shared, DECODED, 1)
      }
    }
  }
  await Promise.all([one(), one(), one()])
}

async function compare(): Promise<void> {
  const decoder = new Worker(new URL(import.meta.url), { workerData: shared })
  const variants = await Promise.all(
    [
      { threads: 1, spin: false },
      { threads: 2, spin: true },
      { threads: 2, spin: false },
    ].map(async variant => ({ ...variant, session: await load(variant.threads, variant.spin) })),
  )

  for (const decodes of [false, true])
    for (const batch of [1, 8, 16, 32]) {
      const speeds = variants.map(() => [] as number[])
      const decodings = variants.map(() => [] as number[])
      for (let round = 0; round < ROUNDS; round++)
        for (const [v, { session }] of variants.entries()) {
          Atomics.store(shared, DECODED, 0)
          Atomics.store(shared, GOES_ON, Number(decodes))
          const started = performance.now()
          speeds[v]!.push(await photosPerSecond(session, batch))
          decodings[v]!.push(Atomics.load(shared, DECODED) / ((performance.now() - started) / 1000))
        }
      const cells = variants.map(({ threads, spin }, v) => {
        const beside = decodes ? `, ${quantile(decodings[v]!, 0.5).toFixed(0)} decoded/s` : ''
        return `${threads} threads${threads > 1 ? (spin ? ' spinning' : ' waiting') : ''} ${quantile(speeds[v]!, 0.5).toFixed(0)}/s${beside}`
      })
      console.log(`${decodes ? 'beside decoding' : 'alone'}, batch ${batch}: ${cells.join(' · ')}`)
    }
  await decoder.terminate()
}

if (isMainThread) await compare()
else await decode()
