import { createHash } from 'node:crypto'
import { runtimeApi, type LoadNetwork } from '../../../electron/engine/vision/runtimes/loaded-network.ts'
import { onnxRuntime } from '../../../electron/engine/vision/runtimes/onnx-runtime.ts'
import { serveProcess } from '../../../electron/engine/runtime/threads/rpc.ts'

/** What goes wrong with a runtime, and after how many batches. */
export interface Trouble {
  readonly kind:
    'none' | 'refuses' | 'ends' | 'crashes' | 'hangs' | 'throws' | 'nan' | 'short' | 'drifts' | 'longer'
  readonly after?: number
}

/**
 * A runtime that gives the CPU's features, faster for photos that it has seen before, until something goes wrong: a process
 * like those that serve GPUs.
 */
const { kind, after = 0 } = JSON.parse(process.argv[2] ?? '') as Trouble

const load: LoadNetwork = async (file, card) => {
  if (kind === 'refuses') throw new Error('There is no such device.\nIt was looked for everywhere.')
  const cpu = await onnxRuntime('cpu')(file, card)
  const seen = new Map<string, Float32Array<ArrayBuffer>>()
  let answers = 0
  return {
    async features(rgb, count) {
      const key = createHash('md5').update(rgb).digest('hex')
      const features = seen.get(key) ?? (await cpu.features(rgb, count))
      seen.set(key, features)
      return answers++ < after ? features.slice() : spoil(features.slice(), card.output.length)
    },
  }
}

async function spoil(
  features: Float32Array<ArrayBuffer>,
  length: number,
): Promise<Float32Array<ArrayBuffer>> {
  switch (kind) {
    case 'ends':
      process.exit(3)
      break
    case 'crashes':
      process.kill(process.pid, 'SIGSEGV')
      return new Promise(() => undefined)
    case 'hangs':
      // Like a hanging driver: the thread itself is blocked.
      for (;;);
    case 'throws':
      throw new Error('The device was lost.')
    case 'nan':
      return features.fill(NaN, 5, 6)
    case 'short':
      return features.slice(length)
    case 'drifts':
      return features.map((value, i) => value + (i % 2 ? 0.2 : -0.2) * Math.abs(value))
    case 'longer':
      return features.map(value => 1.05 * value)
    default:
      return features
  }
}

serveProcess(runtimeApi(load))
