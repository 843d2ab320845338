/**
 * @file Renders the sample photos into dist/samples, from where "Try with sample photos" copies them. Run by
 * `npm run build`; what was rendered from the same sources is kept.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { forEachConcurrently } from './concurrently.ts'
import { scenes } from './scenes.ts'
import type { WriteSamplesOptions } from './samples.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Tells which sources a folder was rendered from; also what native/check-package.ts looks for. */
const KEY_FILE = 'sources.sha256'

/** As many as `samples.add` copies unless told otherwise, at a size that fills a window and takes seconds to render. */
const DEFAULTS = { perKind: 16, longEdge: 720, seed: 2026 }

/** What a thread draws: some of the kinds. */
export type RenderTask = { readonly folder: string } & Pick<
  WriteSamplesOptions,
  'perKind' | 'longEdge' | 'seed' | 'kinds' | 'atOnce'
>

/**
 * Renders into `folder/KIND/`. The folder is replaced as a whole: it is never there by half.
 * @returns whether anything had to be rendered
 */
export async function renderSamples(
  folder: string,
  options: Partial<typeof DEFAULTS> = {},
): Promise<boolean> {
  const settings = { ...DEFAULTS, ...options }
  const key = keyOf(settings)
  if (readKey(folder) === key) return false
  const unfinished = `${folder}.part`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  const threads = Math.min(availableParallelism(), scenes.length)
  const shares = Array.from({ length: threads }, (_, n) => scenes.filter((_, i) => i % threads === n))
  const draw = (share: typeof scenes): Promise<void> =>
    drawInThread({ ...settings, folder: unfinished, kinds: share.map(({ name }) => name), atOnce: 2 })
  await forEachConcurrently(shares, threads, draw)
  writeFileSync(join(unfinished, KEY_FILE), key)
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  return true
}

function drawInThread(task: RenderTask): Promise<void> {
  const thread = new Worker(new URL('./render-samples.worker.ts', import.meta.url), { workerData: task })
  return new Promise((resolve, reject) => {
    thread.once('error', reject)
    thread.once('exit', () => resolve())
  })
}

/** Changes with the settings and with every source that a picture depends on. */
function keyOf(settings: typeof DEFAULTS): string {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  const own = readdirSync(join(root, 'samples'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join('samples', name))
  for (const file of [...own, join('electron', 'shared', 'random.ts')].sort())
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function readKey(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, KEY_FILE), 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  const started = performance.now()
  const rendered = await renderSamples(join(root, 'dist', 'samples'))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(rendered ? `samples: rendered in ${seconds} s` : 'samples: rendered before')
}
