/** @file Networks and models on disk: ONNX files, each described by a card in JSON. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { KindredError } from '../../../shared/errors.ts'
import { headFromParameters, type Head } from '../head/head.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const channels = z.tuple([z.number(), z.number(), z.number()])
/** A file beside the card: a bare name, so that no card can lead out of its folder. */
const fileName = z.string().regex(/^[\w-][\w.-]*$/)

const inputSchema = z.object({
  name: z.string(),
  layout: z.literal('NCHW'),
  type: z.literal('float32'),
  /** Edge of the square input, in pixels. */
  size: z.int().min(16).max(1024),
  range: z.tuple([z.literal(0), z.literal(1)]),
  mean: channels,
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  crop: z.literal('short side to size, bicubic, centre square'),
  /** Photos in one call, where the network takes that number only. */
  batch: z.int().min(1).max(64).optional(),
})

const outputSchema = z.object({
  name: z.string(),
  length: z.int().min(1).max(8192),
  /** How the output becomes one row per photo; absent: it is one already. */
  reduce: z.enum(['first token', 'mean over the map']).optional(),
})

const networkSchema = z.object({
  name: z.string().min(1),
  file: fileName,
  sha256,
  input: inputSchema,
  output: outputSchema,
})

const cardSchema = networkSchema.extend({ head: z.object({ file: fileName, sha256 }) })

/** What is known of a network: how its input is made of a photo, and what its output is. */
export type NetworkCard = z.infer<typeof networkSchema>
/** The same, with the head that comes with the network. */
export type ModelCard = z.infer<typeof cardSchema>

/** A neural network on disk that turns photos into features: its ONNX file, and the card that describes it. */
export interface Network {
  readonly card: NetworkCard
  /** Path of the ONNX file. */
  readonly file: string
}

/** The model that ships with Kindred: a network and a head. */
export interface BundledModel {
  readonly card: ModelCard
  readonly cardText: string
  /** Path of the network's ONNX file. */
  readonly file: string
  readonly headParameters: Buffer
  readonly head: Head
}

/** Returns the path of the card of the model that ships with Kindred. */
export const bundledModelCard = (resourcesDir: string): string =>
  join(resourcesDir, 'models', 'kindred-1.json')

/**
 * Reads a model by its card and checks the hash of every file.
 * @throws KindredError `model-invalid`
 */
export function readModel(cardFile: string): BundledModel {
  const cardText = read(cardFile).toString('utf8')
  const card = parseCard(cardSchema, cardFile, cardText)
  const folder = dirname(cardFile)
  const file = join(folder, card.file)
  verify(file, read(file), card.sha256)
  const headFile = join(folder, card.head.file)
  const headParameters = read(headFile)
  verify(headFile, headParameters, card.head.sha256)
  return {
    card,
    cardText,
    file,
    headParameters,
    head: headFromParameters(headParameters, card.output.length),
  }
}

/**
 * Parses the card of a network, with or without a head.
 * @param place where the card lies, for the error's message
 * @throws KindredError `model-invalid`
 */
export function parseNetworkCard(place: string, text: string): NetworkCard {
  return parseCard(networkSchema, place, text)
}

function parseCard<T>(schema: z.ZodType<T>, cardFile: string, text: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new KindredError('model-invalid', `The model card ${cardFile} is not valid: ${reason}`, {
      cause: error,
    })
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new KindredError('model-invalid', `The model file ${file} cannot be read.`, { cause: error })
  }
}

function verify(file: string, bytes: Buffer, expected: string): void {
  const actual = createHash('sha256').update(bytes).digest('hex')
  if (actual !== expected)
    throw new KindredError('model-invalid', `The model file ${file} does not match its card.`)
}
