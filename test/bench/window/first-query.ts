import '../../../electron/hosts/thread-pool.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'

/** Opens a library, runs one query, prints when it is done. Started by start.ts. */
const engine = await openEngine({ libraryDir: process.argv[2]!, resourcesDir: resourcesDir(process.env) })
const [{ id }] = engine.catalog.db.prepare<[], { id: number }>('SELECT id FROM photo LIMIT 1').all() as [
  { id: number },
]
const { results } = await engine.search.similar({ images: [{ id: id as never }], k: 20 })
process.stdout.write(`${results.length}\n`)
await engine.close()
