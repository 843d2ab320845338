import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openEngine } from '../../../electron/engine/engine.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { quantile } from '../../../electron/shared/quantile.ts'
import { buildRenderer, chromiumPath, launchBrowser, openPage, serveLibrary } from '../../support/browser.ts'
import { makeLargeLibrary } from '../../support/large-library.ts'
import { keptBySearches, megabytes, pageMegabytes } from './footprint.ts'
import { FLICK, plainTiles, SCROLL_SECONDS, scrollThrough } from './scrolling.ts'
import { filterRepeatedly, heatMaps, searchRepeatedly } from './searching.ts'

/**
 * The window in Chromium, each figure as a ratio to what is aimed at: from a key to the results on the screen, filters, heat maps,
 * scrolling, and what page and engine hold.
 *
 * Arguments: how many photos a made library has (default: 100,000 with made features and drawn thumbnails) or a folder of
 * photos to import; and a folder for the library, which is kept and used again.
 */
const AIM_MS = 100
const AIM_HEAT_MS = 300
const AIM_PAGE_MB = 300
const AIM_PLAIN = 0.3

if (!chromiumPath) {
  console.log('skipped: there is no Chromium')
  process.exit(0)
}
const [what = '100000', keptIn] = process.argv.slice(2)
const scratch = await mkdtemp(join(tmpdir(), 'kindred-window-bench-'))
const folder = resolve(keptIn ?? scratch)
const libraryDir = join(folder, 'library')
const made = Number(what)
if (made > 0) await makeLargeLibrary(join(folder, 'photos'), libraryDir, made, { pictures: 'drawn' })
const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
if (!(made > 0)) await engine.library.import([resolve(what)])
await engine.close()

buildRenderer()
const served = await serveLibrary(libraryDir)
const browser = await launchBrowser()
const { page } = await openPage(browser, served.url)
const devtools = await page.context().newCDPSession(page)
try {
  await page.locator('[data-index="0"]').waitFor()
  await page.waitForTimeout(3000)
  const count = await page.getByRole('button', { name: /^All photos/ }).textContent()
  console.log(`${count!.trim()}, headless Chromium without a GPU`)

  const scroll = await scrollThrough(page)
  console.log(
    `scrolling top to end in ${SCROLL_SECONDS} s: ${scroll.frames} frames, ${scroll.over50} over 50 ms`,
  )
  tell('the longest frame of them', scroll.longest, AIM_MS, 'ms')
  tell(`plain tiles in sight at ${FLICK} px/s`, 100 * (await plainTiles(page)), 100 * AIM_PLAIN, '%')

  tellTimes('key to results painted', await searchRepeatedly(page), AIM_MS)
  const heat = await heatMaps(page)
  tell('first heat map', heat.first, AIM_HEAT_MS, 'ms')
  tellTimes('heat map', heat.later, AIM_HEAT_MS)
  tellTimes('filter of results painted', await filterRepeatedly(page), AIM_MS)
  await page.getByRole('button', { name: /^All photos/ }).click()
  await page.locator('.score').first().waitFor({ state: 'detached' })

  const { early, late } = await keptBySearches(page, devtools)
  tell('nodes after 200 searches', late.nodes, early.nodes, '')
  tell('listeners after 200 searches', late.listeners, early.listeners, '')
  const memory = await pageMegabytes(browser, devtools)
  tell('memory of the process of the page', memory.process, AIM_PAGE_MB, 'MB')
  console.log(
    `of it JavaScript: ${memory.script} MB; engine: ${megabytes(served.enginePid, 'VmRSS')} MB resident`,
  )
} finally {
  await browser.close()
  await served.stop()
  await rm(scratch, { recursive: true, force: true })
}

function tell(what: string, measured: number, aim: number, unit: string): void {
  console.log(`${what}: ${measured.toFixed(0)} ${unit}, ${(measured / aim).toFixed(2)} of ${aim.toFixed(0)}`)
}

function tellTimes(what: string, times: readonly number[], aim: number): void {
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)]
  console.log(
    `${what}, ${times.length} times: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, ${(p95 / aim).toFixed(2)} of ${aim}`,
  )
}
