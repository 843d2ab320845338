import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { asKindredError } from '../../shared/errors.ts'
import { describeNetwork, type NetworkWish, type ProbeReply } from '../models/network-probe.ts'

/**
 * Tries a network of unknown origin, in a process of its own: what crashes or never ends there harms nobody. The file is
 * handed over as bytes, so that weights in other files, wherever its author says that they lie, are not looked for.
 */
process.once('message', ({ file, wish }: { file: string; wish: NetworkWish }) => {
  const answer = async (): Promise<ProbeReply> => {
    try {
      const session = await InferenceSession.create(readFileSync(file), { executionProviders: ['cpu'] })
      const run = async (name: string, values: Float32Array, dims: number[]) =>
        session.run({ [name]: new Tensor('float32', values, dims) })
      return { card: await describeNetwork(session, run, wish) }
    } catch (error) {
      return { error: asKindredError(error).message }
    }
  }
  void answer().then(reply => process.send!(reply, () => process.disconnect()))
})
