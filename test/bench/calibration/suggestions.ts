/**
 * How true the confidences of suggestions and questions are, by Flowers classes:
 *
 *     node test/bench/calibration/suggestions.ts FOLDER LIBRARY
 *
 * FOLDER holds the photos and LIBRARY is one of them without albums. Some classes become albums of some of their photos, in a copy
 * of the library; the rest of them, and the classes that are no album, are what is suggested and asked about.
 */
import { cpSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { openEngine } from '../../../electron/engine/engine.ts'
import { askMe } from '../../../electron/engine/learning/labels/active-learning.ts'
import { suggest } from '../../../electron/engine/learning/labels/suggestions.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { Random } from '../../../electron/shared/random.ts'
import { openFlowers } from '../training/flowers.ts'
import { calibrationError, interval, percent, printBins, type Said } from './reliability.ts'

const [folder, library] = process.argv.slice(2)
if (folder === undefined || library === undefined) throw new Error('Name the folder and a library of it.')
/** As many as the page asks for. */
const SUGGESTIONS = 60
const QUESTIONS = 100
/** Suggestions and questions below these are not shown. */
const SHOWN = 0.3
const ASKED = 0.2

/** How many albums there are, and how many photos each has at most. */
const settings = [
  [51, 20],
  [51, 5],
  [10, 20],
  [3, 20],
] as const

interface Guess extends Said {
  readonly kind: number
}

const copy = `${resolve(library)}-suggestions`
cpSync(resolve(library), copy, { recursive: true })
const engine = await openEngine({ libraryDir: copy, resourcesDir: resourcesDir(process.env) })
try {
  const { ids, classes } = await openFlowers(engine, resolve(folder))
  const classOf = new Map(ids.map((id, row) => [id, classes[row]!]))
  const { catalog, index, albums } = engine
  const random = new Random('suggestions')
  const kinds = random.shuffled([...new Set(classes)])
  for (const [count, photos] of settings) {
    const kindOf = new Map<number, number>()
    for (const kind of kinds.slice(0, count)) {
      const members = random.shuffled(ids.filter(id => classOf.get(id) === kind)).slice(0, photos)
      kindOf.set(albums.commands.create(`class ${kind}`, members), kind)
    }
    const suggested: Guess[] = []
    for (const [album, kind] of kindOf) {
      const found = await index.use(view => suggest(catalog, view, album, SUGGESTIONS))
      for (const [i, id] of found.ids.entries())
        suggested.push({ kind, probability: found.confidences[i]!, isTrue: classOf.get(id) === kind })
    }
    report(`${count} albums of ${photos} photos: suggestions`, suggested, SHOWN)

    const asked = await index.use(view => askMe(catalog, view, QUESTIONS))
    const offered = asked.flatMap(question =>
      question.albums.map(({ id, confidence }): Guess => {
        const kind = kindOf.get(id)!
        return { kind, probability: confidence, isTrue: classOf.get(question.photo) === kind }
      }),
    )
    report(`${count} albums of ${photos} photos: albums offered in ${asked.length} questions`, offered, ASKED)
    const hits = asked.filter(({ photo, albums: those }) =>
      those.some(({ id }) => kindOf.get(id) === classOf.get(photo)),
    )
    console.log(`questions with the right album among those offered: ${percent(hits.length / asked.length)}`)
    for (const album of kindOf.keys()) albums.commands.delete(album)
  }
} finally {
  await engine.close()
  rmSync(copy, { recursive: true, force: true })
}

function report(title: string, guesses: readonly Guess[], least: number): void {
  console.log(`\n${title}`)
  printBins(guesses, 'photos')
  console.log(`expected calibration error ${interval(guesses, calibrationError)}`)
  const [shown, left] = [true, false].map(is =>
    guesses.filter(({ probability }) => probability >= least === is),
  )
  const share = (those: readonly Guess[]): number =>
    those.filter(({ isTrue }) => isTrue).length / those.length
  console.log(`from ${percent(least)} on: ${shown!.length}, right ${percent(share(shown!))}`)
  console.log(`below: ${left!.length}, right ${percent(share(left!))}`)
}
