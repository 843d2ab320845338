import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { KindredError } from '../../../shared/errors.ts'
import { describeNetwork, type PreprocessingOverrides, type ProbeReply } from './network-probe.ts'

/** Networks for photos need a gigabyte for what lies between their layers, and their weights several times. */
const mostMemory = (fileBytes: number): number => 2 ** 30 + 8 * fileBytes

/** The runtime computes on the thread that calls it, so that another must watch; it ends the process. */
const WATCH = `
  const { workerData } = require('node:worker_threads')
  setInterval(() => { if (process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGTERM') }, 20)
`

/**
 * Tries a network of unknown origin, in a process of its own and an empty folder: what crashes, never ends or takes all
 * memory there harms nobody. The file is handed over as bytes; weights in other files are looked for in that folder.
 */
process.once('message', ({ file, wish }: { file: string; wish: PreprocessingOverrides }) => {
  const answer = async (): Promise<ProbeReply> => {
    try {
      const bytes = readFileSync(file)
      new Worker(WATCH, { eval: true, workerData: mostMemory(bytes.length) }).unref()
      const session = await InferenceSession.create(bytes, { executionProviders: ['cpu'] })
      const run = async (name: string, values: Float32Array, dims: number[]) =>
        session.run({ [name]: new Tensor('float32', values, dims) })
      return { card: await describeNetwork(session, run, wish) }
    } catch (error) {
      return { error: reasonOf(error) }
    }
  }
  void answer().then(reply => process.send!(reply, () => process.disconnect()))
})

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof KindredError) return message
  if (/external data/i.test(message))
    return 'Its weights lie in another file; export it with all of them in one.'
  return `The runtime says: ${message}`
}
