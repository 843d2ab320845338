import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import { quantile } from '../../../electron/shared/quantile.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { buildRenderer, chromiumPath, launchBrowser, openPage, serveLibrary } from '../../support/browser.ts'
import { makeManyPhotos } from '../../support/many-photos.ts'

/**
 * The window in Chromium on a folder of photos (default: 20,000 made ones): from the click to the results on the screen,
 * as a ratio to a frame of 100 ms; scrolling from end to end, as frames over 50 ms; memory of page and engine.
 */
const AIM_MS = 100
const SEARCHES = 60
const SCROLL_SECONDS = 12
/** A brisk flick of the wheel, at which photos should still be seen; and how many may be plain colour. */
const FLICK = 7200
const AIM_PLAIN = 0.3

if (!chromiumPath) {
  console.log('skipped: there is no Chromium')
  process.exit(0)
}
const scratch = await mkdtemp(join(tmpdir(), 'kindred-window-bench-'))
const given = process.argv[2]
const folder = given === undefined ? join(scratch, 'photos') : resolve(given)
if (given === undefined) await makeManyPhotos(folder, 20_000)
const libraryDir = process.argv[3] === undefined ? join(scratch, 'library') : resolve(process.argv[3])
const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
const { photos } = await engine.library.import([folder])
await engine.close()

buildRenderer()
const served = await serveLibrary(libraryDir)
const browser = await launchBrowser()
const { page } = await openPage(browser, served.url)
const devtools = await page.context().newCDPSession(page)
try {
  await page.locator('[data-index="0"]').waitFor()
  await page.waitForTimeout(1000)

  const scroll = await scrollThrough(page)
  const plain = await plainTiles(page)
  const searches = await searchRepeatedly(page)
  const [p50, p95] = [quantile(searches, 0.5), quantile(searches, 0.95)]
  console.log(`${photos} photos, ${served.url.split('#')[0]}, headless Chromium without a GPU`)
  console.log(
    `click to results painted: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms; ${(p95 / AIM_MS).toFixed(2)} of the ${AIM_MS} ms aimed at`,
  )
  console.log(
    `scrolling top to end in ${SCROLL_SECONDS} s: ${scroll.frames} frames, longest ${scroll.longest.toFixed(0)} ms, ${scroll.over50} over 50 ms`,
  )
  console.log(
    `tiles in sight that were plain colour at ${FLICK} px/s: ${(100 * plain).toFixed(0)} %; ${(plain / AIM_PLAIN).toFixed(2)} of the ${100 * AIM_PLAIN} % aimed at`,
  )
  console.log(
    `memory: page ${await pageMegabytes(devtools)} MB of JavaScript, engine ${residentMegabytes(served.enginePid)} MB resident`,
  )
} finally {
  await browser.close()
  await served.stop()
  await rm(scratch, { recursive: true, force: true })
}

/** From the press of the key to the frame after the first tile of the new results is in the page, thumbnails aside. */
async function searchRepeatedly(page: Page): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < SEARCHES; i++) {
    await page.locator(`[data-index="${i % 9}"]`).click()
    times.push(
      await page.evaluate(async () => {
        const query = (): string => document.querySelector('.strip img')?.getAttribute('src') ?? ''
        const before = query()
        const started = performance.now()
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true }))
        while (query() === before || document.querySelectorAll('.score').length === 0)
          await new Promise(resolve => requestAnimationFrame(resolve))
        await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
        return performance.now() - started
      }),
    )
    await page.waitForTimeout(150)
  }
  return times
}

async function scrollThrough(page: Page): Promise<{ frames: number; longest: number; over50: number }> {
  return page.evaluate(async seconds => {
    const scroller = document.querySelector('.scroller')!
    const end = scroller.scrollHeight - scroller.clientHeight
    const frames: number[] = []
    const started = performance.now()
    for (let last = started; last - started < seconds * 1000;) {
      scroller.scrollTop = (end * (last - started)) / (seconds * 1000)
      const now: number = await new Promise(resolve => requestAnimationFrame(resolve))
      frames.push(now - last)
      last = now
    }
    scroller.scrollTop = 0
    return {
      frames: frames.length,
      longest: Math.max(...frames),
      over50: frames.filter(ms => ms > 50).length,
    }
  }, SCROLL_SECONDS)
}

/** Share of the tiles in sight whose photos are not there yet, over all frames of scrolling through photos seen for the first time. */
async function plainTiles(page: Page): Promise<number> {
  return page.evaluate(async speed => {
    const scroller = document.querySelector('.scroller')!
    const { top, bottom } = scroller.getBoundingClientRect()
    const from = scroller.scrollHeight / 3
    scroller.scrollTop = from
    await new Promise(resolve => setTimeout(resolve, 1000))
    let [plain, all] = [0, 0]
    const started = performance.now()
    for (let now = started; now - started < 5000;) {
      scroller.scrollTop = from + (speed * (now - started)) / 1000
      now = await new Promise(resolve => requestAnimationFrame(resolve))
      for (const image of scroller.querySelectorAll('.tile img')) {
        const box = image.getBoundingClientRect()
        if (box.bottom < top || box.top > bottom) continue
        all++
        if (!image.classList.contains('loaded')) plain++
      }
    }
    scroller.scrollTop = 0
    await new Promise(resolve => setTimeout(resolve, 500))
    return plain / all
  }, FLICK)
}

async function pageMegabytes(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  return Math.round(usedSize / 2 ** 20)
}

function residentMegabytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(line?.[1] ?? 0) / 1024)
}
