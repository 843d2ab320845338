import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import '../../electron/hosts/thread-pool.ts'
import { compareImport } from '../../electron/engine/diagnostics/bench/import-bench.ts'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { quantile } from '../../electron/shared/quantile.ts'
import { writeCameraPhotos } from '../../samples/camera-photos.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'

/**
 * Import of photos (a number of made ones of 12 megapixels, default 300; or a folder of photos) as a ratio to a
 * bare decode-and-resize loop over the same files, in time and in processor time.
 */
const ROUNDS = 3
const AIM = 0.85

const [wish = '300'] = process.argv.slice(2)
const scratch = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
try {
  const made = /^\d+$/.test(wish)
  const folder = made ? join(scratch, 'photos') : resolve(wish)
  if (made) await writeCameraPhotos(folder, Number(wish))
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const libraryDir = join(scratch, `library-${round}`)
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
    const resources = resourcesDir(process.env)
    const open = (): Promise<Engine> => openEngine({ libraryDir, resourcesDir: resources })
    const { bare, imported } = await compareImport(folder, resources, open)
    clearInterval(watch)
    ratios.push(imported.photosPerSecond / bare.photosPerSecond)
    console.log(
      `import ${imported.photosPerSecond.toFixed(1)}/s, bare loop ${bare.photosPerSecond.toFixed(1)}/s: ratio ${ratios.at(-1)!.toFixed(2)}; ` +
        `processor time a photo ${imported.cpuMillisPerPhoto.toFixed(1)} and ${bare.cpuMillisPerPhoto.toFixed(1)} ms: ` +
        `ratio ${(bare.cpuMillisPerPhoto / imported.cpuMillisPerPhoto).toFixed(2)}; peak ${(peak / 2 ** 20).toFixed(0)} MB`,
    )
  }
  console.log(`ratio, median of ${ROUNDS}: ${quantile(ratios, 0.5).toFixed(2)}${made ? `, aim ${AIM}` : ''}`)
} finally {
  await rm(scratch, { recursive: true, force: true })
}
