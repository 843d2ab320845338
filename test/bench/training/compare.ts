import { resolve } from 'node:path'
import { toFloat32 } from '../../../electron/engine/library/catalog/float16.ts'
import { embed, normalise } from '../../../electron/engine/vision/head/head.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { assess, summarise, type QueryQuality } from '../../../electron/engine/learning/evaluation/metrics.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'
import { chooseBackend } from '../../../electron/engine/vision/tensors/backend.ts'
import {
  HeadTrainer,
  type HeadOptions,
  type HeadProblem,
} from '../../../electron/engine/learning/training/head-trainer.ts'
import {
  supervisedContrastiveLoss,
  tripletLoss,
  type Loss,
} from '../../../electron/engine/learning/training/losses.ts'
import { labelStatistics, libraryStatistics } from '../../../electron/engine/learning/training/statistics.ts'
import { optionsFor } from '../../../electron/engine/learning/training/training-options.ts'
import {
  discriminantInit,
  type DiscriminantInit,
} from '../../../electron/engine/learning/training/discriminant-init.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { openFlowers } from './flowers.ts'
import { trainTwoLayers, whitenedStart } from './heads.ts'

/**
 * Heads and losses side by side on Flowers, with the same photos and steps:
 * `node test/bench/training/compare.ts FOLDER [LIBRARY]`.
 */
const [folder, library = '/tmp/kindred-bench-flowers'] = process.argv.slice(2)
if (folder === undefined) throw new Error('Name the folder of the Flowers photos.')

const engine = await openEngine({ libraryDir: resolve(library), resourcesDir: resourcesDir(process.env) })
const photos = await openFlowers(engine, resolve(folder))
const { backboneId } = engine.index.version
const length = engine.model.card.output.length
const features = new Float32Array(photos.ids.length * length)
for (const [row, id] of photos.ids.entries())
  features.set(toFloat32(engine.catalog.features.get(backboneId, id, PIPELINE_VERSION)!), row * length)
const shipped = engine.model.head
await engine.close()
await chooseBackend()

type Embedding = (features: Float32Array) => Float32Array

const rowsOf = (rows: readonly number[]): Float32Array => {
  const out = new Float32Array(rows.length * length)
  for (const [i, row] of rows.entries())
    out.set(features.subarray(row * length, (row + 1) * length), i * length)
  return out
}

/** Exact search of each query in the gallery, the query itself left out. */
function ask(embeddings: Float32Array, queries: readonly number[], gallery: readonly number[]): string {
  const dimension = embeddings.length / photos.ids.length
  const row = (n: number): Float32Array => embeddings.subarray(n * dimension, (n + 1) * dimension)
  const answers: QueryQuality[] = queries.map(query => {
    const own = row(query)
    const scored = gallery
      .filter(other => other !== query)
      .map(other => {
        const vector = row(other)
        let score = 0
        for (let i = 0; i < dimension; i++) score += own[i]! * vector[i]!
        return { score, relevant: photos.classes[other] === photos.classes[query] }
      })
    scored.sort((a, b) => b.score - a.score)
    const relevant = scored.map(answer => answer.relevant)
    return assess(relevant, relevant.filter(Boolean).length)
  })
  const { recallAt1, mapAtR, interval } = summarise(answers)
  const [low, high] = interval.mapAtR.map(value => value.toFixed(3))
  return `${recallAt1.toFixed(3)} | ${mapAtR.toFixed(3)} (${low}–${high})`
}

interface Setting {
  readonly name: string
  readonly learned: readonly number[]
  readonly columns: readonly {
    readonly title: string
    readonly queries: number[]
    readonly gallery: number[]
  }[]
}

const all = [...photos.ids.keys()]
const isTest = (row: number): boolean => photos.isTest[row]!
const test = all.filter(isTest)
const unknown = all.filter(row => photos.classes[row]! > 51)
const settings: Setting[] = [
  {
    name: 'Closed: all classes, train and valid photos learned, test photos ask',
    learned: all.filter(row => !isTest(row)),
    columns: [
      { title: 'test photos among themselves', queries: test, gallery: test },
      { title: 'whole library', queries: test, gallery: all },
    ],
  },
  {
    name: 'Disjoint: classes 1–51 learned, photos of classes 52–102 ask one another',
    learned: all.filter(row => photos.classes[row]! <= 51),
    columns: [{ title: 'unknown classes', queries: unknown, gallery: unknown }],
  },
]

const library_ = libraryStatistics(features, length)
for (const { name, learned, columns } of settings) {
  const known = [...new Set(learned.map(row => photos.classes[row]!))]
  const albumOf = learned.map(row => known.indexOf(photos.classes[row]!))
  const members = known.map((_, album) => [...learned.keys()].filter(row => albumOf[row] === album))
  const problem: HeadProblem = {
    features: rowsOf(learned),
    source: { members, negatives: [], refused: members.map(() => []), notLike: new Map() },
    labels: {
      albumsOf: albumOf.map(album => [album]),
      trainable: new Set(members.keys()),
      refusedBy: learned.map(() => []),
      notLike: new Map(),
    },
  }
  const whitened = whitenedStart(libraryStatistics(problem.features, length))
  const discriminant = discriminantInit(library_, labelStatistics(problem.features, members, library_.mean))
  const usual = optionsFor(learned.length)
  const options = (loss: Loss): HeadOptions => ({ ...usual, loss, seed: 1 })
  const projected =
    (start: DiscriminantInit): Embedding =>
    input => {
      const matrix = new Float32Array(length * usual.dimension)
      for (let i = 0; i < length; i++)
        matrix.set(start.basis.subarray(i * length, i * length + usual.dimension), i * usual.dimension)
      const projection = { mean: start.mean, matrix }
      return embed({ inputLength: length, dimension: usual.dimension, projection }, input)
    }
  const trained = (start: DiscriminantInit, loss: Loss): Embedding => {
    const trainer = new HeadTrainer(problem, start, options(loss))
    while (!trainer.done) trainer.advance()
    const head = trainer.head()
    trainer.dispose()
    return input => embed(head, input)
  }
  const semiHard = tripletLoss('semi-hard', 0.2)
  const rivals: readonly (readonly [string, () => Embedding])[] = [
    ['features as they are', () => unit],
    ['features, centred', () => input => unit(centred(input))],
    ['shipped head', () => input => embed(shipped, input)],
    ['PCA-whitened on the labelled photos', () => projected(whitened)],
    ['two layers, semi-hard 0.2', () => trainTwoLayers(problem, whitened, options(semiHard))],
    ['linear from PCA, semi-hard 0.2', () => trained(whitened, semiHard)],
    ['linear from PCA, batch-hard 0.2', () => trained(whitened, tripletLoss('batch-hard', 0.2))],
    ['linear from PCA, batch-hard soft', () => trained(whitened, tripletLoss('batch-hard', { soft: 10 }))],
    ['linear from PCA, contrastive 0.1', () => trained(whitened, supervisedContrastiveLoss(0.1))],
    ['discriminant start alone', () => projected(discriminant)],
    ['discriminant, semi-hard 0.1', () => trained(discriminant, tripletLoss('semi-hard', 0.1))],
    ['discriminant, semi-hard 0.2', () => trained(discriminant, semiHard)],
    ['discriminant, semi-hard 0.4', () => trained(discriminant, tripletLoss('semi-hard', 0.4))],
    ['discriminant, batch-hard 0.2', () => trained(discriminant, tripletLoss('batch-hard', 0.2))],
    ['discriminant, batch-hard soft', () => trained(discriminant, tripletLoss('batch-hard', { soft: 10 }))],
    ['discriminant, contrastive 0.1', () => trained(discriminant, supervisedContrastiveLoss(0.1))],
  ]
  console.log(`\n${name} (${learned.length} photos, ${usual.steps} steps)\n`)
  console.log(`| head | ${columns.map(({ title }) => `Recall@1, ${title} | MAP@R`).join(' | ')} |`)
  console.log(`| --- |${columns.map(() => ' --- | --- |').join('')}`)
  for (const [title, make] of rivals) {
    const embeddings = make()(features)
    console.log(
      `| ${title} | ${columns.map(({ queries, gallery }) => ask(embeddings, queries, gallery)).join(' | ')} |`,
    )
  }
}

function unit(input: Float32Array): Float32Array {
  const out = Float32Array.from(input)
  for (let from = 0; from < out.length; from += length) normalise(out.subarray(from, from + length))
  return out
}

function centred(input: Float32Array): Float32Array {
  return Float32Array.from(input, (value, at) => value - library_.mean[at % length]!)
}
