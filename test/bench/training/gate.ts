import { resolve } from 'node:path'
import { openEngine } from '../../../electron/engine/engine.ts'
import { symmetricEigen } from '../../../electron/engine/learning/training/discriminant-init.ts'
import { libraryStatistics } from '../../../electron/engine/learning/training/statistics.ts'
import { toFloat32 } from '../../../electron/engine/library/catalog/float16.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'
import { chooseBackend } from '../../../electron/engine/vision/tensors/backend.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { Random } from '../../../electron/shared/random.ts'
import type { GateDecision } from '../../../electron/shared/training-report.ts'
import { madePool, poolOf, type Pool } from '../../support/gate-trials/pool.ts'
import { equalSettings, gainSettings, shuffledSettings } from '../../support/gate-trials/settings.ts'
import { acceptance, decideTrial, type Setting } from '../../support/gate-trials/trial.ts'
import { openFlowers } from './flowers.ts'

/**
 * How often the gate accepts a version of equal quality (A/A), one trained on labels that mean nothing, and one that is
 * better, by trainings of many small libraries: `node test/bench/training/gate.ts TRIALS [FOLDER LIBRARY] [SETTING]`. With
 * the Flowers photos the features are real ones, in their 128 leading directions; without, made ones.
 */
const [trials = '20', folder, library, only = ''] = process.argv.slice(2)
/** Enough to tell flowers apart; a training takes a third of a second instead of two. */
const DIRECTIONS = 128
/** Classes of made features. */
const CLASSES = 30

await chooseBackend(['wasm'])
const flowers = folder && library ? await flowersPool(resolve(folder), resolve(library)) : undefined

const groups: readonly (readonly [string, readonly Setting[]])[] = [
  ['versions of equal quality', equalSettings],
  ['labels that mean nothing', shuffledSettings],
  ['better versions', gainSettings],
]
const found = new Map<Setting, (readonly GateDecision[])[]>()
for (let trial = 0; trial < Number(trials); trial++)
  for (const [group, settings] of groups)
    for (const setting of settings) {
      if (!`${group}, ${setting.name}`.includes(only)) continue
      const random = new Random(`${group} ${setting.name} ${trial}`)
      const pool = flowers ?? madePool(CLASSES, random)
      found.set(setting, [...(found.get(setting) ?? []), await decideTrial(pool, setting, random)])
      console.error(`${trial} ${group}, ${setting.name}`)
    }

console.log('| what was compared | accepted | rate (95 % interval) | libraries |\n| --- | --- | --- | --- |')
for (const [group, settings] of groups) {
  const asked = settings.filter(setting => found.has(setting))
  for (const setting of asked) print(`${group}, ${setting.name}`, found.get(setting)!)
  if (asked.length > 1)
    print(
      `${group}, all`,
      asked.flatMap(setting => found.get(setting)!),
    )
}

function print(name: string, decided: readonly (readonly GateDecision[])[]): void {
  const { accepted, decisions, rate, interval } = acceptance(decided)
  const [low, high] = interval.map(value => (100 * value).toFixed(1))
  console.log(
    `| ${name} | ${accepted} of ${decisions} | ${(100 * rate).toFixed(1)} % (${low}–${high}) | ${decided.length} |`,
  )
}

async function flowersPool(photos: string, libraryDir: string): Promise<Pool> {
  const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
  try {
    const { ids, classes } = await openFlowers(engine, photos)
    const { backboneId } = engine.index.version
    const rows = ids.map(id => toFloat32(engine.catalog.features.get(backboneId, id, PIPELINE_VERSION)!))
    return poolOf(inLeadingDirections(rows), classes)
  } finally {
    await engine.close()
  }
}

function inLeadingDirections(rows: readonly Float32Array[]): Float32Array[] {
  const length = rows[0]!.length
  const all = new Float32Array(rows.length * length)
  for (const [i, row] of rows.entries()) all.set(row, i * length)
  const { vectors } = symmetricEigen(libraryStatistics(all, length).covariance)
  const columns = Array.from({ length: DIRECTIONS }, (_, j) => Float64Array.from(vectors.getColumn(j)))
  return rows.map(row =>
    Float32Array.from(columns, column => row.reduce((sum, value, i) => sum + value * column[i]!, 0)),
  )
}
