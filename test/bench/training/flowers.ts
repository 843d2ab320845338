import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../../electron/engine/engine.ts'
import type { PhotoId } from '../../../electron/shared/ids.ts'

export interface LabelledLibrary {
  readonly ids: readonly PhotoId[]
  /** The class of each, and whether it is one of the test photos. */
  readonly classes: readonly number[]
  readonly isTest: readonly boolean[]
}

/** The Flowers photos of a library with their classes, by `labels.csv` (file, class, split) beside the photos. */
export async function openFlowers(engine: Engine, folder: string): Promise<LabelledLibrary> {
  const table = join(folder, 'labels.csv')
  if (!existsSync(table)) throw new Error(`${table} is not there: this benchmark needs the Flowers photos.`)
  if (engine.index.size === 0) await engine.library.import([folder])
  const labels = new Map<string, { label: number; split: string }>()
  for (const line of readFileSync(table, 'utf8').split('\n')) {
    const [file = '', label = '', split = ''] = line.trim().split(',')
    if (/^\d+$/.test(label)) labels.set(join(folder, file), { label: Number(label), split })
  }
  const rows = engine.overview
    .photos()
    .sort((a, b) => a.id - b.id)
    .flatMap(({ id, path }) => {
      const known = labels.get(path)
      return known ? [{ id, ...known }] : []
    })
  return {
    ids: rows.map(({ id }) => id),
    classes: rows.map(({ label }) => label),
    isTest: rows.map(({ split }) => split === 'test'),
  }
}
