/**
 * How true the confidences of suggestions and questions are, by photos in a folder for each kind:
 *
 *     node test/bench/calibration/suggestions.ts LIBRARY
 *
 * LIBRARY has such photos and no albums. Some kinds become albums of some of their photos, in a copy of the library; the rest of them,
 * and the kinds that are no album, are what is suggested and asked about.
 */
import { cpSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openEngine } from '../../../electron/engine/engine.ts'
import { askMe } from '../../../electron/engine/learning/labels/active-learning.ts'
import { suggest } from '../../../electron/engine/learning/labels/suggestions.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { Random } from '../../../electron/shared/random.ts'
import { calibrationError, interval, percent, printBins, type Said } from './reliability.ts'

const [library] = process.argv.slice(2)
if (library === undefined) throw new Error('Name a library.')
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
  readonly kind: string
}

const copy = `${resolve(library)}-suggestions`
cpSync(resolve(library), copy, { recursive: true })
const engine = await openEngine({ libraryDir: copy, resourcesDir: resourcesDir(process.env) })
try {
  const photos = engine.overview.photos().sort((a, b) => a.id - b.id)
  const ids = photos.map(({ id }) => id)
  const kindOf = new Map(photos.map(({ id, path }) => [id, dirname(path)]))
  const { catalog, index, albums } = engine
  const random = new Random('suggestions')
  const kinds = random.shuffled([...new Set(kindOf.values())])
  for (const [count, most] of settings) {
    const albumKinds = new Map<number, string>()
    for (const kind of kinds.slice(0, count)) {
      const all = random.shuffled(ids.filter(id => kindOf.get(id) === kind))
      const members = all.slice(0, Math.min(most, Math.ceil(all.length / 2)))
      albumKinds.set(albums.commands.create(`kind ${kinds.indexOf(kind)}`, members), kind)
    }
    const suggested: Guess[] = []
    for (const [album, kind] of albumKinds) {
      const found = await index.use(view => suggest(catalog, view, album, SUGGESTIONS))
      for (const [i, id] of found.ids.entries())
        suggested.push({ kind, probability: found.confidences[i]!, isTrue: kindOf.get(id) === kind })
    }
    report(`${count} albums of ${most} photos: suggestions`, suggested, SHOWN)

    const asked = await index.use(view => askMe(catalog, view, QUESTIONS))
    const offered = asked.flatMap(question =>
      question.albums.map(({ id, confidence }): Guess => {
        const kind = albumKinds.get(id)!
        return { kind, probability: confidence, isTrue: kindOf.get(question.photo) === kind }
      }),
    )
    report(`${count} albums of ${most} photos: albums offered in ${asked.length} questions`, offered, ASKED)
    const hits = asked.filter(({ photo, albums: those }) =>
      those.some(({ id }) => albumKinds.get(id) === kindOf.get(photo)),
    )
    console.log(`questions with the right album among those offered: ${percent(hits.length / asked.length)}`)
    for (const album of albumKinds.keys()) albums.commands.delete(album)
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
