import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  createReadStream,
  existsSync,
  readFileSync,
  statSync,
  type ReadStream,
} from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { z } from 'zod'
import { asKindredError, KindredError } from '../../../shared/errors.ts'
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

const LARGEST = 2 ** 30
const LARGEST_CARD = 2 ** 20
/** Bytes that are read at a time. */
const PART = 2 ** 20

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
  const cardFile = isJson ? file : existsSync(beside) && !isGiven(preprocessing) ? beside : undefined
  const card = cardFile === undefined ? undefined : readCard(cardFile)
  if (!card) {
    if (!isJson) return { file, name: name ?? basename(file, extname(file)), preprocessing }
    throw new KindredError('not-a-model', `${file} is not a head, and not the card of a network either.`)
  }
  const network = join(dirname(cardFile!), card.file)
  const hash = createHash('sha256')
  for await (const part of readNetwork(network)) hash.update(part as Buffer)
  if (hash.digest('hex') !== card.sha256)
    throw new KindredError(
      'network-invalid',
      `The network ${network} is not the one that its card speaks of.`,
    )
  const { size, mean, std } = card.input
  return { file: network, name: name ?? card.name, preprocessing: { size, mean, std } }
}

/** Reads the card of a network; undefined where the JSON file is something else. */
function readCard(file: string): NetworkCard | undefined {
  checkFile(file, LARGEST_CARD)
  const text = readFileSync(file, 'utf8')
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
 * @throws KindredError `not-a-model`, `network-invalid`, before the first part
 */
export function readNetwork(file: string): ReadStream {
  checkFile(file)
  return createReadStream(file, { highWaterMark: PART })
}

/** @throws KindredError `not-a-model`, `network-invalid` where it is no file, cannot be read, or is too large */
export function checkFile(file: string, largest = LARGEST): void {
  try {
    const entry = statSync(file)
    // Anything but a file, such as a pipe, may never end.
    if (!entry.isFile()) throw new Error('It is no file.')
    accessSync(file, constants.R_OK)
    if (entry.size <= largest) return
  } catch (error) {
    throw new KindredError('not-a-model', `The file ${file} cannot be read.`, { cause: error })
  }
  throw new KindredError('network-invalid', `The file ${file} is larger than ${largest / 2 ** 20} MB.`)
}

const isGiven = ({ size, mean, std }: PreprocessingOverrides): boolean =>
  size !== undefined || mean !== undefined || std !== undefined
