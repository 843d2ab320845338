/** @file Networks of other origin: tried in a process of their own, to find out their input and output. */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import { KindredError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { cosine } from '../network/feature-agreement.ts'
import type { NetworkCard } from '../network/model-card.ts'
import { reduceOutput } from '../network/run-network.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'

/** How photos are prepared for a network, as far as the user states it; the rest is read from its file or assumed. */
export interface PreprocessingOverrides {
  /** Edge of the square input, in pixels. */
  readonly size?: number | undefined
  readonly mean?: readonly [number, number, number] | undefined
  readonly std?: readonly [number, number, number] | undefined
}

/** The part of a card that a probe finds out. */
export type ProbedCard = Pick<NetworkCard, 'input' | 'output'>

/** What the process of a probe is sent. */
export interface ProbeRequest {
  readonly file: string
  readonly preprocessing: PreprocessingOverrides
}

export type ProbeReply = { readonly card: ProbedCard } | { readonly error: string }

/** Most networks were trained with the means and deviations of ImageNet. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const
const PROBE = { photos: 2, longestMs: 120_000 }
const LONGEST_FEATURES = 8192
/** Why a process was ended, by the signal: SIGKILL comes from here, SIGTERM from its own watch. */
const REASONS: Readonly<Record<string, string>> = {
  SIGKILL: 'It takes too long to answer.',
  SIGTERM: 'It asks for too much memory.',
}

/**
 * Tries a network in a process of its own, and returns how it is fed and what it returns.
 * @throws KindredError `network-invalid`, with the reason
 */
export async function probeNetwork(file: string, preprocessing: PreprocessingOverrides): Promise<ProbedCard> {
  const empty = mkdtempSync(join(tmpdir(), 'kindred-probe-'))
  const child = fork(workerFile('probe', import.meta.url), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    cwd: empty,
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PROBE.longestMs)
  try {
    const reply = await new Promise<ProbeReply>(resolve => {
      child.once('message', resolve)
      child.once('error', error => resolve({ error: error.message }))
      child.once('exit', (code, signal) =>
        resolve({
          error: REASONS[signal ?? ''] ?? `It makes the runtime crash (${signal ?? code ?? ''}).`,
        }),
      )
      child.send({ file: resolvePath(file), preprocessing } satisfies ProbeRequest)
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

/** Runs the network on values of a shape, and returns all of its outputs. */
type Run = (input: string, values: Float32Array, dims: number[]) => Promise<InferenceSession.ReturnType>

/**
 * Finds out how a network is fed and which of its outputs describes a photo, by running it.
 * @throws KindredError `network-invalid`
 */
export async function describeNetwork(
  session: Pick<InferenceSession, 'inputMetadata'>,
  run: Run,
  preprocessing: PreprocessingOverrides,
): Promise<ProbedCard> {
  const input = inputOf(session, preprocessing)
  const photos = input.batch ?? PROBE.photos
  const random = new Random('network probe')
  const perPhoto = 3 * input.size ** 2
  const values = Float32Array.from({ length: photos * perPhoto }, () => random.gauss())
  const outputs = await run(input.name, values, [photos, 3, input.size, input.size])
  const output = pickOutput(outputs, photos)
  const features = rows(outputs, output, photos)
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
  preprocessing: PreprocessingOverrides,
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
  if (preprocessing.size !== undefined && fixed.length > 0 && fixed[0] !== preprocessing.size)
    refuse(`It takes images of ${fixed[0]} pixels, not ${preprocessing.size}.`)
  const size = fixed[0] ?? preprocessing.size
  if (size === undefined) refuse('It takes images of any size. Say which it was trained with: --size 224')
  if (size < 16 || size > 1024) refuse(`Images of ${size} pixels are too ${size < 16 ? 'small' : 'large'}.`)
  return {
    name: input.name,
    layout: 'NCHW',
    type: 'float32',
    size,
    range: [0, 1],
    mean: [...(preprocessing.mean ?? IMAGENET.mean)],
    std: [...(preprocessing.std ?? IMAGENET.std)],
    crop: 'short side to size, bicubic, centre square',
    ...(typeof batch === 'number' && batch > 0 ? { batch } : {}),
  }
}

/** Prefers an output with one row per photo to one with several, then one whose name speaks of an embedding. */
function pickOutput(outputs: InferenceSession.ReturnType, photos: number): NetworkCard['output'] {
  const found = Object.entries(outputs).flatMap(([name, { type, dims }]): NetworkCard['output'][] => {
    if (type !== 'float32' || dims[0] !== photos) return []
    const rest = dims.slice(1)
    const places = rest.slice(1).reduce((product, edge) => product * edge, 1)
    if (rest.length === 1 || (rest.length === 3 && places === 1)) return [{ name, length: rest[0]! }]
    if (rest.length === 3) return [{ name, length: rest[0]!, reduce: 'mean over the map' }]
    return rest.length === 2 ? [{ name, length: rest[1]!, reduce: 'first token' }] : []
  })
  const usable = found.filter(({ length }) => length >= 2 && length <= LONGEST_FEATURES)
  const isNamedSo = ({ name }: NetworkCard['output']): boolean => /embed|pool|feature/i.test(name)
  const best = usable.sort(
    (a, b) =>
      Number(a.reduce !== undefined) - Number(b.reduce !== undefined) ||
      Number(isNamedSo(b)) - Number(isNamedSo(a)),
  )[0]
  return best ?? refuse('None of its outputs describes a photo by a row of numbers.')
}

function rows(
  outputs: InferenceSession.ReturnType,
  output: NetworkCard['output'],
  photos: number,
): Float32Array {
  const { data, dims } = outputs[output.name]!
  return reduceOutput(data as Float32Array, dims, output, photos)
}

const row = (features: Float32Array, n: number, { length }: NetworkCard['output']): Float32Array =>
  features.subarray(n * length, (n + 1) * length)

function refuse(reason: string): never {
  throw new KindredError('network-invalid', reason)
}
