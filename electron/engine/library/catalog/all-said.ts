import { Awaited } from './awaited.ts'
import type { Database } from './database.ts'
import { SaidNames, type Said } from './said.ts'

/** All that people said, including what waits for its photos, as of one moment. */
export function allSaid(db: Database): Said {
  const read = db.transaction((): Said => {
    const [known, waiting] = [new SaidNames(db).all(), new Awaited(db).all()]
    return { rows: [...known.rows, ...waiting.rows], paths: { ...waiting.paths, ...known.paths } }
  })
  return read.deferred()
}
