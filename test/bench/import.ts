import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openEngine } from '../../electron/engine/engine.ts'
import { decodeAll } from '../../electron/engine/bench/bench.ts'
import { quantile } from '../../electron/shared/quantile.ts'
import { readModel } from '../../electron/engine/embed/model-card.ts'
import { bundledModelCard } from '../../electron/engine/engine.ts'
import { writeSamples } from '../../electron/engine/samples/samples.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'

/**
 * Import and search on a folder of photos (default: made pictures; or name a folder). Prints ratios: import to a bare
 * decode-and-resize loop over the same files, search to the 4.09 ms of the article, a second run to the first.
 */
const ARTICLE_MS = 4.09
const ROUNDS = 3

const scratch = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
try {
  const folder = process.argv[2] === undefined ? join(scratch, 'photos') : resolve(process.argv[2])
  if (process.argv[2] === undefined) await writeSamples(folder, { perKind: 100, seed: 7, longEdge: 2000 })
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && /\.(jpe?g|png|webp)$/i.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
  const resources = resourcesDir(process.env)
  const size = readModel(bundledModelCard(resources)).card.input.size

  await decodeAll(files, size)
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await decodeAll(files, size)
    const libraryDir = join(scratch, `library-${round}`)
    const engine = await openEngine({ libraryDir, resourcesDir: resources })
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
    const first = await engine.import([folder])
    clearInterval(watch)
    const second = await engine.import([folder])
    ratios.push(first.photosPerSecond / bare)
    console.log(
      `import ${first.photosPerSecond.toFixed(0)}/s, bare decode and resize to ${size} px ${bare.toFixed(0)}/s, ` +
        `ratio ${ratios.at(-1)!.toFixed(2)}; unchanged ${files.length} files in ${second.seconds.toFixed(2)} s ` +
        `(${((second.seconds / first.seconds) * 100).toFixed(1)} % of the first run); peak ${(peak / 2 ** 20).toFixed(0)} MB`,
    )
    if (round === ROUNDS - 1) {
      const photos = engine.photos()
      const times: { search: number; total: number }[] = []
      for (let i = 0; i < 1000; i++) {
        const { id } = photos[(i * 7919) % photos.length]!
        times.push((await engine.similar({ images: [{ id }], k: 20 })).millis)
      }
      for (const part of ['search', 'total'] as const) {
        const values = times.map(time => time[part])
        const [p50, p95] = [quantile(values, 0.5), quantile(values, 0.95)]
        console.log(
          `${part} among ${photos.length}: p50 ${p50.toFixed(3)} ms, p95 ${p95.toFixed(3)} ms; ` +
            `the article's ${ARTICLE_MS} ms is ${(ARTICLE_MS / p50).toFixed(1)} × the p50, ${(ARTICLE_MS / p95).toFixed(1)} × the p95`,
        )
      }
    }
    await engine.close()
  }
  console.log(`import ratio, median of ${ROUNDS}: ${quantile(ratios, 0.5).toFixed(2)}`)
} finally {
  await rm(scratch, { recursive: true, force: true })
}
