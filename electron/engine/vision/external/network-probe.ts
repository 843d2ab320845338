import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import { KindredError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { cosine } from '../network/feature-agreement.ts'
import type { NetworkCard } from '../network/model-card.ts'
import { reduceAnswer } from '../network/run-network.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'

/** What the person says of a network; what is left out is read from its file or assumed. */
export interface PreprocessingOverrides {
  readonly size?: number | undefined
  readonly mean?: readonly [number, number, number] | undefined
  readonly std?: readonly [number, number, number] | undefined
}

export type Described = Pick<NetworkCard, 'input' | 'output'>
export type ProbeReply = { readonly card: Described } | { readonly error: string }

/** Most networks were trained with the means and deviations of ImageNet. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const
const TRIES = { photos: 2, longestMs: 120_000 }
const LONGEST_FEATURES = 8192
/** Why the process was ended, from here or from within. */
const ENDS: Readonly<Record<string, string>> = {
  SIGKILL: 'It takes too long to answer.',
  SIGTERM: 'It asks for too much memory.',
}

/**
 * Tries the network in a process of its own, and says how it is fed and what it answers.
 * @throws KindredError `network-invalid`, with the reason
 */
export async function probeNetwork(file: string, wish: PreprocessingOverrides): Promise<Described> {
  const empty = mkdtempSync(join(tmpdir(), 'kindred-probe-'))
  const child = fork(workerFile('probe', import.meta.url), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    cwd: empty,
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), TRIES.longestMs)
  try {
    const reply = await new Promise<ProbeReply>(resolve => {
      child.once('message', resolve)
      child.once('error', error => resolve({ error: error.message }))
      child.once('exit', (code, signal) =>
        resolve({
          error: ENDS[signal ?? ''] ?? `It makes the runtime crash (${signal ?? code ?? ''}).`,
        }),
      )
      child.send({ file: resolvePath(file), wish })
    })
    if ('error' in reply)
      throw new KindredError('network-invalid', `This network cannot be used. ${reply.error}`)
    return reply.card
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
    rmSync(empty, { recursive: true, force: true, maxRetries: 5 })
  }
}

type Run = (input: string, values: Float32Array, dims: number[]) => Promise<InferenceSession.ReturnType>

/**
 * Finds out how a network is fed and which of its outputs describes a photo, by running it.
 * @throws KindredError `network-invalid`
 */
export async function describeNetwork(
  session: Pick<InferenceSession, 'inputMetadata'>,
  run: Run,
  wish: PreprocessingOverrides,
): Promise<Described> {
  const input = inputOf(session, wish)
  const photos = input.batch ?? TRIES.photos
  const random = new Random('a network on trial')
  const perPhoto = 3 * input.size ** 2
  const values = Float32Array.from({ length: photos * perPhoto }, () => random.gauss())
  const answer = await run(input.name, values, [photos, 3, input.size, input.size])
  const output = outputOf(answer, photos)
  const features = rows(answer, output, photos)
  if (!features.every(Number.isFinite)) refuse('It answers values that are no numbers.')
  if (photos > 1 && cosine(row(features, 0, output), row(features, 1, output)) > 0.999999)
    refuse('It answers the same for any photo.')
  if (input.batch === undefined) {
    const alone = rows(
      await run(input.name, values.subarray(perPhoto), [1, 3, input.size, input.size]),
      output,
      1,
    )
    if (cosine(alone, row(features, 1, output)) < 0.999)
      refuse('It answers something else for a photo when it is asked for another beside it.')
  }
  return { input, output }
}

function inputOf(
  { inputMetadata }: Pick<InferenceSession, 'inputMetadata'>,
  wish: PreprocessingOverrides,
): NetworkCard['input'] {
  const [input, ...others] = inputMetadata
  if (!input || others.length > 0) refuse(`It asks for ${inputMetadata.length} inputs instead of one image.`)
  if (!input.isTensor || input.type !== 'float32' || ![0, 4].includes(input.shape.length))
    refuse('Its input is no image (batch × 3 × height × width, float32).')
  const [batch, channels, height, width] = input.shape
  if (channels !== 3 && typeof channels === 'number')
    refuse(
      width === 3
        ? 'It takes colours last (NHWC); export it as NCHW.'
        : `Its images have ${channels} channels.`,
    )
  const fixed = [height, width].filter(edge => typeof edge === 'number')
  if (new Set(fixed).size > 1) refuse(`Its images are ${fixed.join(' × ')} pixels, not square.`)
  if (wish.size !== undefined && fixed.length > 0 && fixed[0] !== wish.size)
    refuse(`It takes images of ${fixed[0]} pixels, not ${wish.size}.`)
  const size = fixed[0] ?? wish.size
  if (size === undefined) refuse('It takes images of any size. Say which it was trained with: --size 224')
  if (size < 16 || size > 1024) refuse(`Images of ${size} pixels are too ${size < 16 ? 'small' : 'large'}.`)
  return {
    ...{ name: input.name, layout: 'NCHW', type: 'float32', size, range: [0, 1] },
    mean: [...(wish.mean ?? IMAGENET.mean)],
    std: [...(wish.std ?? IMAGENET.std)],
    crop: 'short side to size, bicubic, centre square',
    ...(typeof batch === 'number' && batch > 0 ? { batch } : {}),
  }
}

/** One row a photo before rows of places, names that say so before others. */
function outputOf(answer: InferenceSession.ReturnType, photos: number): NetworkCard['output'] {
  const found = Object.entries(answer).flatMap(([name, { type, dims }]): NetworkCard['output'][] => {
    if (type !== 'float32' || dims[0] !== photos) return []
    const rest = dims.slice(1)
    const places = rest.slice(1).reduce((product, edge) => product * edge, 1)
    if (rest.length === 1 || (rest.length === 3 && places === 1)) return [{ name, length: rest[0]! }]
    if (rest.length === 3) return [{ name, length: rest[0]!, reduce: 'mean over the map' }]
    return rest.length === 2 ? [{ name, length: rest[1]!, reduce: 'first token' }] : []
  })
  const usable = found.filter(({ length }) => length >= 2 && length <= LONGEST_FEATURES)
  const says = ({ name }: NetworkCard['output']): boolean => /embed|pool|feature/i.test(name)
  const best = usable.sort(
    (a, b) =>
      Number(a.reduce !== undefined) - Number(b.reduce !== undefined) || Number(says(b)) - Number(says(a)),
  )[0]
  return best ?? refuse('None of its outputs describes a photo by a row of numbers.')
}

function rows(
  answer: InferenceSession.ReturnType,
  output: NetworkCard['output'],
  photos: number,
): Float32Array {
  const { data, dims } = answer[output.name]!
  return reduceAnswer(data as Float32Array, dims, output, photos)
}

const row = (features: Float32Array, n: number, { length }: NetworkCard['output']): Float32Array =>
  features.subarray(n * length, (n + 1) * length)

function refuse(reason: string): never {
  throw new KindredError('network-invalid', reason)
}
