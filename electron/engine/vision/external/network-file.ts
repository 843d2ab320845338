import { createHash } from 'node:crypto'
import { basename, dirname, extname, join } from 'node:path'
import { z } from 'zod'
import { asKindredError, KindredError } from '../../../shared/errors.ts'
import { userFiles } from '../../media/read-photo.ts'
import { parseNetworkCard, type NetworkCard } from '../network/model-card.ts'
import type { PreprocessingOverrides } from './network-probe.ts'

/** A network to be imported. */
export interface NetworkSource {
  readonly file: string
  readonly name: string
  readonly preprocessing: PreprocessingOverrides
}

const channels = z.tuple([z.number(), z.number(), z.number()])
const overridesSchema = z.object({
  size: z.int().optional(),
  mean: channels.optional(),
  std: channels.optional(),
})

/** The parameters of a job of kind `network`, as the catalog keeps them: there the overrides are called `wish`. */
export const networkSourceSchema = z
  .object({ file: z.string(), name: z.string(), wish: overridesSchema })
  .transform(({ file, name, wish }): NetworkSource => ({ file, name, preprocessing: wish }))

/** Returns what the catalog keeps. A job resumes where this is the same again, so that the order of fields is fixed. */
export function storedNetworkSource({ file, name, preprocessing }: NetworkSource): unknown {
  const { size, mean, std } = preprocessing
  return { file, name, wish: { size, mean, std } }
}

/** Bytes that a network may have. */
export const LARGEST_NETWORK = 2 ** 30
const LARGEST_CARD = 2 ** 20

/** Whether a file is a network, or the card of one, rather than a head. */
export const isNetworkFile = (file: string): boolean =>
  ['.onnx', '.json'].includes(extname(file).toLowerCase())

/**
 * Finds a network by its file or its card. A card of the same name beside the file is read, unless preprocessing is given.
 * @throws KindredError `not-a-model`, `network-invalid`
 */
export async function networkSource(
  file: string,
  preprocessing: PreprocessingOverrides,
  name?: string,
): Promise<NetworkSource> {
  const isJson = extname(file).toLowerCase() === '.json'
  const beside = file.replace(/\.onnx$/i, '.json')
  const hasCard = !isJson && !isGiven(preprocessing) && (await userFiles().stamp(beside)) !== undefined
  const cardFile = isJson ? file : hasCard ? beside : undefined
  const card = cardFile === undefined ? undefined : await readCard(cardFile)
  if (!card) {
    if (!isJson) return { file, name: name ?? basename(file, extname(file)), preprocessing }
    throw new KindredError('not-a-model', `${file} is not a head, and not the card of a network either.`)
  }
  const network = join(dirname(cardFile!), card.file)
  const hash = createHash('sha256')
  for await (const part of readNetwork(network)) hash.update(part)
  if (hash.digest('hex') !== card.sha256)
    throw new KindredError(
      'network-invalid',
      `The network ${network} is not the one that its card speaks of.`,
    )
  const { size, mean, std } = card.input
  return { file: network, name: name ?? card.name, preprocessing: { size, mean, std } }
}

/** Reads the card of a network; undefined where the JSON file is something else. */
async function readCard(file: string): Promise<NetworkCard | undefined> {
  const text = (await readModelFile(file, LARGEST_CARD)).toString('utf8')
  if (!looksLikeCard(text)) return undefined
  try {
    return parseNetworkCard(file, text)
  } catch (error) {
    throw new KindredError('network-invalid', asKindredError(error).message, { cause: error })
  }
}

function looksLikeCard(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'input' in value && 'output' in value
  } catch {
    return false
  }
}

/**
 * Returns the bytes of a network, part by part.
 * @throws KindredError `not-a-model`, `network-invalid`, `drive-stalled`
 */
export async function* readNetwork(file: string): AsyncGenerator<Buffer> {
  try {
    yield* userFiles().parts(file, LARGEST_NETWORK)
  } catch (error) {
    throw explain(error, file, LARGEST_NETWORK)
  }
}

/**
 * Checks that a network can be read, by its first part.
 * @throws KindredError `not-a-model`, `network-invalid`, `drive-stalled`
 */
export async function checkNetwork(file: string): Promise<void> {
  for await (const _ of readNetwork(file)) return
}

/**
 * Reads a small file that belongs to a model.
 * @param largest bytes that it may have
 * @throws KindredError `not-a-model`, `network-invalid`, `drive-stalled`
 */
export async function readModelFile(file: string, largest: number): Promise<Buffer<ArrayBuffer>> {
  try {
    return await userFiles().whole(file, largest)
  } catch (error) {
    throw explain(error, file, largest)
  }
}

function explain(error: unknown, file: string, largest: number): KindredError {
  const { code, message } = asKindredError(error)
  if (code === 'drive-stalled') return asKindredError(error)
  if (code === 'file-too-large')
    return new KindredError('network-invalid', `The file ${file} is larger than ${largest / 2 ** 20} MB.`)
  return new KindredError('not-a-model', `The file ${file} cannot be read. ${message}`, { cause: error })
}

const isGiven = ({ size, mean, std }: PreprocessingOverrides): boolean =>
  size !== undefined || mean !== undefined || std !== undefined
