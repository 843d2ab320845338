import { cpSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { openEngine } from '../../../electron/engine/engine.ts'
import { summarise } from '../../../electron/engine/learning/evaluation/metrics.ts'
import { runQueries } from '../../../electron/engine/learning/evaluation/retrieval-run.ts'
import { pairedGain } from '../../../electron/engine/learning/evaluation/gate.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { reasonSentence } from '../../../electron/hosts/training-words.ts'
import { Random } from '../../../electron/shared/random.ts'
import { openFlowers } from './flowers.ts'

/**
 * Training with few labels by the whole product, gate included, over several seeds; and with
 * shuffled labels: `node test/bench/training/few.ts FOLDER LIBRARY [SEEDS] [SETTING]`, SETTING being part of a setting's name.
 * The library is copied for each training.
 */
const [folder, library, seeds = '10', only = ''] = process.argv.slice(2)
if (folder === undefined || library === undefined) throw new Error('Name the folder and a library of it.')
const copy = `${resolve(library)}-copy`

interface Setting {
  readonly albums: number
  readonly photos: number
  readonly shuffled: boolean
  readonly seeds: number
}

const settings: readonly Setting[] = [
  { albums: 5, photos: 10, shuffled: false, seeds: Number(seeds) },
  { albums: 20, photos: 20, shuffled: false, seeds: Number(seeds) },
  { albums: 5, photos: 10, shuffled: true, seeds: 2 * Number(seeds) },
  { albums: 20, photos: 20, shuffled: true, seeds: Number(seeds) },
]

for (const { albums, photos, shuffled, seeds } of settings) {
  const name = `${albums} albums × ${photos} photos${shuffled ? ', labels shuffled' : ''}`
  if (!name.includes(only)) continue
  const gains: number[] = []
  const unlabelled: number[] = []
  let accepted = 0
  const times: number[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    cpSync(resolve(library), copy, { recursive: true, filter: file => !file.endsWith('.db-wal') })
    const engine = await openEngine({ libraryDir: copy, resourcesDir: resourcesDir(process.env) })
    try {
      const flowers = await openFlowers(engine, resolve(folder))
      const random = new Random(`few/${albums}/${photos}/${seed}`)
      const classes = random.shuffled([...new Set(flowers.classes)]).slice(0, albums)
      const rows = [...flowers.ids.keys()]
      const chosen = classes.map(c =>
        random.shuffled(rows.filter(row => flowers.classes[row] === c)).slice(0, photos),
      )
      const dealt = shuffled ? random.shuffled(chosen.flat()) : chosen.flat()
      for (const [i, c] of classes.entries())
        engine.albums.commands.create(
          `class ${c}`,
          dealt.slice(i * photos, (i + 1) * photos).map(row => flowers.ids[row]!),
        )
      const before = engine.index.version
      const report = await engine.models.train({ seed }).done
      times.push(report.seconds)
      if (report.accepted) accepted++
      if (shuffled) console.error(`seed ${seed}: ${reasonSentence(report)}`)
      if (shuffled) continue

      // The true classes, unknown to the product: photos that were never labelled are queries against the whole library.
      const trained = engine.models.version(engine.models.find(report.model).id)
      const labelled = new Set(chosen.flat())
      const rest = rows.filter(row => !labelled.has(row))
      const ids = rest.map(row => flowers.ids[row]!)
      const classesOf = rest.map(row => [flowers.classes[row]!])
      const known = [...rest.keys()].filter(i => classes.includes(classesOf[i]![0]!))
      const others = [...rest.keys()].filter(i => !classes.includes(classesOf[i]![0]!))
      const unknown = random.shuffled(others).slice(0, 500)
      const ask = async (queries: number[]): Promise<number> => {
        const problem = { ids, classesOf, queries }
        const signal = new AbortController().signal
        const [a, b] = [
          await runQueries(engine.catalog, before, problem, signal),
          await runQueries(engine.catalog, trained, problem, signal),
        ]
        const gain = pairedGain({ before: a, after: b }, 'averagePrecisionAtR')
        if (queries === known)
          console.error(
            `seed ${seed}: ${summarise(a).mapAtR.toFixed(3)} → ${summarise(b).mapAtR.toFixed(3)}, ${report.accepted ? 'accepted' : 'refused'}: ${reasonSentence(report)} (${JSON.stringify(report.neighbours)})`,
          )
        return gain.mean
      }
      gains.push(await ask(known))
      unlabelled.push(await ask(unknown))
    } finally {
      await engine.close()
      rmSync(copy, { recursive: true, force: true })
    }
  }
  const seconds = times.reduce((sum, time) => sum + time, 0) / times.length
  console.log(`${name}: accepted ${accepted} of ${seeds}, ${seconds.toFixed(1)} s each`)
  if (!shuffled)
    console.log(
      `  MAP@R of photos of these kinds ${spread(gains)}; of photos of other kinds ${spread(unlabelled)}`,
    )
}

/** Mean and 95 % interval over the seeds (Student's t). */
function spread(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  const t = { 2: 12.71, 3: 4.3, 5: 2.78, 10: 2.26, 20: 2.09 }[values.length] ?? 2
  const half = t * Math.sqrt(variance / values.length)
  return `${(100 * mean).toFixed(1)} points (${(100 * (mean - half)).toFixed(1)} to ${(100 * (mean + half)).toFixed(1)})`
}
