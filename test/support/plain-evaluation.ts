import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { repository } from './cli.ts'

/**
 * Retrieval quality computed a second time, from the files and the model's card alone: no catalog, no index, no code of
 * the engine. Both results must agree.
 */
export interface PlainMetrics {
  readonly queries: number
  readonly recallAt1: number
  readonly recallAt10: number
  readonly rPrecision: number
  readonly mapAtR: number
}

interface Card {
  readonly file: string
  readonly input: {
    readonly name: string
    readonly size: number
    readonly mean: number[]
    readonly std: number[]
  }
  readonly output: { readonly name: string; readonly length: number }
  readonly head: { readonly file: string }
}

const BATCH = 16

/** @param root each folder in it is a class; returns metrics for the shipped head and for the features as they are */
export async function evaluatePlainly(root: string): Promise<{ shipped: PlainMetrics; raw: PlainMetrics }> {
  const models = join(repository, 'resources/models')
  const card = JSON.parse(await readFile(join(models, 'kindred-1.json'), 'utf8')) as Card
  const session = await InferenceSession.create(join(models, card.file), { intraOpNumThreads: 2 })
  const head = await readFloats(join(models, card.head.file))

  const { files, classes } = await labelledFiles(root)
  const features: Float64Array[] = []
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = await Promise.all(files.slice(at, at + BATCH).map(file => toInput(file, card)))
    const { size } = card.input
    const input = new Float32Array(batch.flatMap(values => [...values]))
    const answer = await session.run({
      [card.input.name]: new Tensor('float32', input, [batch.length, 3, size, size]),
    })
    const data = answer[card.output.name]!.data as Float32Array
    const { length } = card.output
    for (let n = 0; n < batch.length; n++)
      features.push(Float64Array.from(data.subarray(n * length, (n + 1) * length)))
  }
  await session.release()
  return {
    shipped: measure(
      features.map(row => normalised(applyHead(row, head))),
      classes,
    ),
    raw: measure(features.map(normalised), classes),
  }
}

/** One file for each content. A content that lies in several folders has no class and is left out. */
async function labelledFiles(root: string): Promise<{ files: string[]; classes: string[] }> {
  const known = new Map<string, { file: string; classes: Set<string> }>()
  const entries = await readdir(root, { withFileTypes: true })
  const folders = entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
  for (const name of folders.sort())
    for (const file of (await readdir(join(root, name))).sort()) {
      const path = join(root, name, file)
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
      const before = known.get(hash)
      if (before) before.classes.add(name)
      else known.set(hash, { file: path, classes: new Set([name]) })
    }
  const photos = [...known.values()].filter(photo => photo.classes.size === 1)
  return { files: photos.map(photo => photo.file), classes: photos.flatMap(photo => [...photo.classes]) }
}

/**
 * The photo preprocessed as the card says: short side to the size, bicubic, centre square, normalised, channels first. It
 * is decoded in full first, since codecs that scale while decoding are less exact.
 */
async function toInput(file: string, { input: { size, mean, std } }: Card): Promise<Float32Array> {
  const upright = sharp(file).autoOrient().flatten({ background: 'white' }).toColourspace('srgb')
  const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const edge = Math.min(width, height)
  const pixels = await sharp(data, { raw: { width, height, channels } })
    .extract({ left: (width - edge) >> 1, top: (height - edge) >> 1, width: edge, height: edge })
    .resize(size, size, { kernel: 'cubic' })
    .raw()
    .toBuffer()
  const values = new Float32Array(3 * size * size)
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < size * size; i++)
      values[channel * size * size + i] = (pixels[3 * i + channel]! / 255 - mean[channel]!) / std[channel]!
  return values
}

async function readFloats(file: string): Promise<Float64Array> {
  const bytes = await readFile(file)
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

/** (features − mean) · matrix; the file holds the mean and then the matrix, row by row. */
function applyHead(features: Float64Array, head: Float64Array): Float64Array {
  const inputs = features.length
  const outputs = head.length / inputs - 1
  const out = new Float64Array(outputs)
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++) out[o]! += (features[i]! - head[i]!) * head[inputs + i * outputs + o]!
  return out
}

function normalised(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector)
  return vector.map(value => value / length)
}

/** Ranks all other photos for every photo, by brute force. */
function measure(embeddings: readonly Float64Array[], classes: readonly string[]): PlainMetrics {
  const sums = { queries: 0, recallAt1: 0, recallAt10: 0, rPrecision: 0, mapAtR: 0 }
  for (const [q, query] of embeddings.entries()) {
    const others = embeddings
      .map((embedding, i) => ({ i, similarity: dot(query, embedding) }))
      .filter(({ i }) => i !== q)
      .sort((a, b) => b.similarity - a.similarity)
    const relevant = others.map(({ i }) => (classes[i] === classes[q] ? 1 : 0))
    const r = relevant.reduce<number>((sum, hit) => sum + hit, 0)
    if (r === 0) continue
    sums.queries++
    sums.recallAt1 += relevant[0]!
    sums.recallAt10 += Math.max(...relevant.slice(0, 10))
    let hits = 0
    let precision = 0
    for (let i = 0; i < r; i++)
      if (relevant[i] === 1) {
        hits++
        precision += hits / (i + 1)
      }
    sums.rPrecision += hits / r
    sums.mapAtR += precision / r
  }
  const mean = (sum: number): number => sum / sums.queries
  return {
    queries: sums.queries,
    recallAt1: mean(sums.recallAt1),
    recallAt10: mean(sums.recallAt10),
    rPrecision: mean(sums.rPrecision),
    mapAtR: mean(sums.mapAtR),
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
