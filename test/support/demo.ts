/** @file `npm run demo`: Kindred's main steps without photos of your own: draws pictures, imports them, searches. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { openEngine } from '../../electron/engine/engine.ts'
import { sampleKinds, writeSamples } from '../../samples/samples.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { ProgressLine } from '../../electron/hosts/progress-line.ts'
import { doctorReport, evaluateReport, importReport } from '../../electron/hosts/report.ts'

const PER_KIND = 20
const QUERIES = 5

const folder = await mkdtemp(join(tmpdir(), 'kindred-demo-'))
const line = new ProgressLine(process.stderr, false)
try {
  const photos = join(folder, 'photos')
  const started = performance.now()
  const { files } = await writeSamples(photos, { perKind: PER_KIND, seed: 2026, longEdge: 480 })
  const seconds = (performance.now() - started) / 1000
  console.log(`Drew ${files} pictures of ${sampleKinds.length} kinds in ${seconds.toFixed(1)} s.\n`)

  const engine = await openEngine({
    libraryDir: join(folder, 'library'),
    resourcesDir: resourcesDir(process.env),
  })
  try {
    const result = await engine.library.import([photos], { onProgress: progress => line.show(progress) })
    line.clear()
    console.log(`${importReport(result)}\n`)
    for (const kind of sampleKinds.filter((_, i) => i % Math.ceil(sampleKinds.length / QUERIES) === 0)) {
      const { path } = engine.overview.photos().find(photo => basename(dirname(photo.path)) === kind)!
      const { results, millis } = await engine.search.similar({ images: [{ path }], k: 6 })
      console.log(`Similar to ${relative(photos, path)}`)
      for (const { score, path: found } of results)
        console.log(`  ${(score * 100).toFixed(1).padStart(5)} %  ${relative(photos, found)}`)
      console.log(`  found in ${millis.total.toFixed(2)} ms (search ${millis.search.toFixed(2)} ms)\n`)
    }
    console.log(evaluateReport(await engine.evaluation.evaluate({ classesFromFolders: true })))
    console.log(`\n${doctorReport(await engine.diagnostics.doctor())}`)
  } finally {
    await engine.close()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
