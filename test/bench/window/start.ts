import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { quantile } from '../../../electron/shared/quantile.ts'
import { codeFolder } from '../../../electron/hosts/default-folders.ts'
import { engineSettings } from '../../../electron/shared/engine-environment.ts'
import { buildRenderer, chromiumPath, launchBrowser, openPage, serveLibrary } from '../../support/browser.ts'
import { makeLargeLibrary } from '../../support/large-library.ts'

/**
 * From the start of a program to what the user waits for, in a library of (by default) 100,000 photos, as
 * ratios to the aim: the engine's first result of a query; and `kindred serve`, the page, and its grid painted,
 * in a browser that is open already. The system has the files in memory. A folder named second is used as it is where it
 * has a library already, and kept.
 */
const ROUNDS = 7
const QUERY_AIM_MS = 1500
const WINDOW_AIM_MS = 1000

const count = Number(process.argv[2] ?? 100_000)
const given = process.argv[3]
const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'kindred-start-')) : resolve(given)
const libraryDir = join(folder, 'library')
const firstQuery = fileURLToPath(new URL('./first-query.ts', import.meta.url))
try {
  await makeLargeLibrary(join(folder, 'photos'), libraryDir, count)
  const queries: number[] = []
  for (let round = 0; round < ROUNDS; round++) queries.push(await timeToQuery())
  tell('first query answered', queries, QUERY_AIM_MS)

  if (chromiumPath) {
    buildRenderer()
    const browser = await launchBrowser()
    const [served, painted, filled]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < ROUNDS; round++) {
      const times = await timeToGrid(browser)
      served.push(times.served)
      painted.push(times.painted)
      filled.push(times.filled)
    }
    await browser.close()
    tell('kindred serve answers', served, WINDOW_AIM_MS)
    tell('window painted', painted, WINDOW_AIM_MS)
    tell('first photos in the grid', filled, WINDOW_AIM_MS)
  } else console.log('the window: skipped, there is no Chromium')
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true })
}

function tell(what: string, millis: readonly number[], aim: number): void {
  const median = quantile(millis, 0.5)
  const [least, most] = [Math.min(...millis), Math.max(...millis)]
  console.log(
    `${what}: median ${median.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)}), ${(median / aim).toFixed(2)} of the ${aim} ms aimed at`,
  )
}

async function timeToQuery(): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [firstQuery, libraryDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...engineSettings(process.env, codeFolder()) },
  })
  await new Promise<void>((answered, failed) => {
    child.stdout.once('data', () => answered())
    child.once('exit', code => failed(new Error(`the engine ended with ${code ?? 'a signal'}`)))
  })
  const millis = performance.now() - started
  await new Promise(ended => child.once('close', ended))
  return millis
}

async function timeToGrid(browser: Browser): Promise<Record<'served' | 'painted' | 'filled', number>> {
  const started = performance.now()
  const server = await serveLibrary(libraryDir)
  const served = performance.now() - started
  const { page } = await openPage(browser, server.url)
  try {
    const origin = await page.evaluate(() => performance.timeOrigin)
    await page.locator('[data-index="0"] img').waitFor()
    const { painted, filled } = await page.evaluate(async () => {
      const image = document.querySelector<HTMLImageElement>('[data-index="0"] img')!
      await image.decode()
      await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
      const [paint] = performance.getEntriesByName('first-contentful-paint')
      return { painted: paint!.startTime, filled: performance.now() }
    })
    const before = origin - (performance.timeOrigin + started)
    return { served, painted: before + painted, filled: before + filled }
  } finally {
    await page.context().close()
    await server.stop()
  }
}
