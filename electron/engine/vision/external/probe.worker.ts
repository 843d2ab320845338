/** @file The process of a probe: what crashes, never ends or takes all memory in it harms nothing else. */
import { Worker } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { KindredError } from '../../../shared/errors.ts'
import { readRegularFile } from '../../runtime/regular-file.ts'
import { LARGEST_NETWORK } from './network-file.ts'
import { describeNetwork, type ProbeReply, type ProbeRequest } from './network-probe.ts'

/** Networks for photos need up to a gigabyte for what lies between their layers, and several times their weights. */
const mostMemory = (fileBytes: number): number => 2 ** 30 + 8 * fileBytes

/** Ends the process when it takes too much memory; in a thread, as the runtime blocks the one that calls it. */
const WATCH = `
  const { workerData } = require('node:worker_threads')
  setInterval(() => { if (process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGTERM') }, 20)
`

/**
 * The working folder is empty, and the runtime gets the file as bytes: weights in other files would be looked for in that
 * folder, and are not found.
 */
process.once('message', ({ file, preprocessing }: ProbeRequest) => {
  const probe = async (): Promise<ProbeReply> => {
    try {
      const bytes = readRegularFile(file, LARGEST_NETWORK)
      new Worker(WATCH, { eval: true, workerData: mostMemory(bytes.length) }).unref()
      const session = await InferenceSession.create(bytes, { executionProviders: ['cpu'] })
      const run = async (name: string, values: Float32Array, dims: number[]) =>
        session.run({ [name]: new Tensor('float32', values, dims) })
      return { card: await describeNetwork(session, run, preprocessing) }
    } catch (error) {
      return { error: reasonOf(error) }
    }
  }
  // A hostile network may never end; this process must not outlive the one that watches it.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  void probe().then(reply => process.send!(reply, () => process.disconnect()))
})

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof KindredError) return message
  if (/external data/i.test(message))
    return 'Its weights lie in another file; export it with all of them in one.'
  return `The runtime says: ${message}`
}
