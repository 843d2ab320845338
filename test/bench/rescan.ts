import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import '../../electron/hosts/thread-pool.ts'
import { quantile } from '../../electron/shared/quantile.ts'
import { openEngine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { makeLargeLibrary } from '../support/large-library.ts'

/**
 * A second run over unchanged files (default 100,000) as a ratio to `find` that asks for the size and the
 * time of each, and the longest that the engine's thread was busy with one thing meanwhile. A folder named second is
 * used as it is where it has a library already, and kept.
 */
const ROUNDS = 5
const AIM = 5

const count = Number(process.argv[2] ?? 100_000)
const given = process.argv[3]
const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'kindred-rescan-')) : resolve(given)
const [photos, libraryDir] = [join(folder, 'photos'), join(folder, 'library')]
try {
  await makeLargeLibrary(photos, libraryDir, count)
  const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
  find()
  await engine.library.import([photos])
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const seconds = find()
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const second = await engine.library.import([photos])
    delay.disable()
    if (second.photos !== count || second.added !== 0) throw new Error('The files have changed.')
    ratios.push(second.seconds / seconds)
    console.log(
      `${count} unchanged files in ${second.seconds.toFixed(2)} s, find ${seconds.toFixed(2)} s: ratio ${ratios.at(-1)!.toFixed(2)}; ` +
        `the engine's thread was busy for ${(delay.max / 1e6).toFixed(0)} ms at once at most`,
    )
  }
  await engine.close()
  console.log(`ratio, median of ${ROUNDS}: ${quantile(ratios, 0.5).toFixed(2)}, aim ${AIM}`)
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true })
}

function find(): number {
  const started = performance.now()
  execFileSync('find', [photos, '-printf', '%s %T@\\n'], { stdio: ['ignore', 'ignore', 'inherit'] })
  return (performance.now() - started) / 1000
}
