/**
 * How true the probabilities of results are, and how well results end where the engine suggests, by Flowers classes:
 *
 *     node test/bench/calibration/calibration.ts FOLDER LIBRARY
 *
 * FOLDER holds the photos and LIBRARY is one of them without albums. Classes of even numbers are for fitting: albums of
 * them are made in a copy of the library, and the constants for libraries without albums are from albums of all of them.
 * Queries are photos of the classes of odd numbers, which nothing was fitted on.
 */
import { cpSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { openEngine, type Engine } from '../../../electron/engine/engine.ts'
import { albumPairs } from '../../../electron/engine/retrieval/calibration/album-pairs.ts'
import { fitKindModel } from '../../../electron/engine/retrieval/calibration/fit-kind-model.ts'
import type { Background } from '../../../electron/engine/retrieval/calibration/background.ts'
import { albumModel } from '../../../electron/engine/retrieval/calibration/album-model.ts'
import { sensibleEnd } from '../../../electron/engine/retrieval/calibration/sensible-end.ts'
import { embedPhotos } from '../../../electron/engine/retrieval/index/embed-photos.ts'
import {
  neighbourModel,
  probabilitiesOf,
  type KindModel,
} from '../../../electron/engine/retrieval/calibration/kind-model.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { Random } from '../../../electron/shared/random.ts'
import { openFlowers, type LabelledLibrary } from '../training/flowers.ts'
import { calibrationError, interval, percent, printBins, type Said } from './reliability.ts'

const [folder, library] = process.argv.slice(2)
if (folder === undefined || library === undefined) throw new Error('Name the folder and a library of it.')
const QUERIES = 510
/** Results of each query whose probabilities are compared with the truth. */
const RESULTS = 200
const FIXED = 50

/** How many albums there are, and what share of its class each holds. */
const settings = [
  [51, 1],
  [51, 0.3],
  [10, 1],
  [10, 0.3],
] as const

/** One query and its results, nearest first. */
interface Asked {
  readonly kind: number
  /** Photos of the class in the library, the query left out. */
  readonly relevant: number
  readonly scores: readonly number[]
  readonly background: Background
  /** Which results are of its class. */
  readonly same: readonly boolean[]
}

interface Outcome extends Pick<Asked, 'kind' | 'relevant' | 'same'> {
  readonly probabilities: readonly number[]
  readonly end: number
}

const copy = `${resolve(library)}-calibration`
cpSync(resolve(library), copy, { recursive: true })
const engine = await openEngine({ libraryDir: copy, resourcesDir: resourcesDir(process.env) })
try {
  const flowers = await openFlowers(engine, resolve(folder))
  const random = new Random('calibration')
  const isFitted = (kind: number): boolean => kind % 2 === 0
  const rows = [...flowers.ids.keys()]
  const queries = random.shuffled(rows.filter(row => !isFitted(flowers.classes[row]!))).slice(0, QUERIES)

  const asked = await ask(engine, flowers, queries)
  report('The model for all libraries', asked, neighbourModel)

  const kinds = random.shuffled([...new Set(flowers.classes)].filter(isFitted))
  for (const [count, share] of settings) {
    for (const kind of kinds.slice(0, count)) {
      const members = random.shuffled(rows.filter(row => flowers.classes[row] === kind))
      const labelled = members.slice(0, Math.ceil(share * members.length)).map(row => flowers.ids[row]!)
      engine.albums.commands.create(`class ${kind}`, labelled)
    }
    const found = await engine.index.use(view =>
      albumPairs(engine.catalog, view, engine.calibrator.backgrounds),
    )
    const pairs = found.flatMap(query => query.pairs)
    const model = fitKindModel(pairs, neighbourModel)
    const chosen = albumModel(found) ? 'its albums' : 'the model for all libraries'
    report(
      `${count} albums of ${100 * share} % of a class, ${pairs.length} pairs; Kindred takes ${chosen}`,
      asked,
      model,
    )
    console.log(JSON.stringify(model))
    for (const id of engine.catalog.albums.ids()) engine.albums.commands.delete(id)
  }
} finally {
  await engine.close()
  rmSync(copy, { recursive: true, force: true })
}

async function ask(
  { search, catalog, index, calibrator }: Engine,
  { ids, classes }: LabelledLibrary,
  queries: readonly number[],
): Promise<readonly Asked[]> {
  const classOf = new Map(ids.map((id, row) => [id, classes[row]!]))
  const asked: Asked[] = []
  for (const row of queries) {
    const kind = classes[row]!
    const { photos } = await search.nearest({ images: [{ id: ids[row]! }], k: 1000 })
    const background = await index.use(async view => {
      const vector = await embedPhotos(catalog, view.version, [ids[row]!])
      return calibrator.backgrounds.measure(view, vector)
    })
    const same = photos.map(({ id }) => classOf.get(id) === kind)
    const relevant = classes.filter(other => other === kind).length - 1
    asked.push({ kind, relevant, scores: photos.map(({ score }) => score), background: background!, same })
  }
  return asked
}

function report(title: string, asked: readonly Asked[], model: KindModel): void {
  const outcomes = asked.map(({ scores, background, ...query }): Outcome => {
    const probabilities = probabilitiesOf(model, scores, background)
    return { ...query, probabilities, end: sensibleEnd(probabilities).count }
  })
  console.log(`\n${title}`)
  printBins(saidOf(outcomes), 'results')
  console.log(`expected calibration error ${interval(outcomes, those => calibrationError(saidOf(those)))}`)
  for (const [name, countOf] of [
    ['suggested end', (outcome: Outcome) => outcome.end],
    [`first ${FIXED}`, () => FIXED],
  ] as const) {
    const mean = (figure: (outcome: Outcome) => number) => (those: readonly Outcome[]) =>
      those.reduce((sum, outcome) => sum + figure(outcome), 0) / those.length
    const hits = (outcome: Outcome): number => outcome.same.slice(0, countOf(outcome)).filter(Boolean).length
    const precision = mean(outcome => hits(outcome) / countOf(outcome))(outcomes)
    const recall = mean(outcome => hits(outcome) / outcome.relevant)(outcomes)
    const f1 = interval(
      outcomes,
      mean(outcome => (2 * hits(outcome)) / (countOf(outcome) + outcome.relevant)),
    )
    console.log(`${name}: precision ${percent(precision)}, recall ${percent(recall)}, F1 ${f1}`)
  }
}

const saidOf = (outcomes: readonly Outcome[]): Said[] =>
  outcomes.flatMap(({ probabilities, same }) =>
    probabilities.slice(0, RESULTS).map((probability, i) => ({ probability, isTrue: same[i]! })),
  )
