import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { openEngine } from '../../../electron/engine/engine.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { quantile } from '../../../electron/shared/quantile.ts'
import { drawSample, sampleKinds } from '../../../samples/samples.ts'
import { buildRenderer, chromiumPath, launchBrowser, openPage, serveLibrary } from '../../support/browser.ts'

/**
 * The large view in Chromium on made photos of 24 megapixels: from the key press to the frame that shows the next photo, with
 * neighbours loaded ahead and without; and to all pixels of what is in sight at 100 %.
 */
const PHOTOS = 40
const AIM_MS = 100
/** Milliseconds that somebody looks at a photo. */
const LOOKING = 900

if (!chromiumPath) {
  console.log('skipped: there is no Chromium')
  process.exit(0)
}
const scratch = await mkdtemp(join(tmpdir(), 'kindred-large-view-bench-'))
const photos = join(scratch, 'photos')
await makeLargePhotos(photos)
const libraryDir = join(scratch, 'library')
const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
await engine.library.import([photos])
await engine.close()

buildRenderer()
const served = await serveLibrary(libraryDir)
const browser = await launchBrowser()
try {
  const { page } = await openPage(browser, served.url)
  await page.locator('[data-index="0"]').dblclick()
  await page.waitForTimeout(3 * LOOKING)
  const ahead: number[] = []
  const zoomed: number[] = []
  for (let i = 1; i < PHOTOS; i++) {
    ahead.push(await millisUntilShown(page, 'ArrowRight'))
    await page.waitForTimeout(LOOKING)
    if (i % 4 !== 0) continue
    zoomed.push(await millisUntilShown(page, 'z'))
    await page.keyboard.press('0')
    await page.waitForTimeout(LOOKING)
  }
  report('next photo, loaded ahead', ahead, AIM_MS)
  report('all pixels in sight at 100 %', zoomed)
} finally {
  await browser.close()
  await served.stop()
  await rm(scratch, { recursive: true, force: true })
}

function report(what: string, times: readonly number[], aim?: number): void {
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)]
  const share = aim === undefined ? '' : `; ${(p95 / aim).toFixed(2)} of the ${aim} ms aimed at`
  console.log(`${what}: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms of ${times.length}${share}`)
}

/** From a key to the frame after all images of the photo that it shows are loaded. */
function millisUntilShown(page: Page, key: string): Promise<number> {
  return page.evaluate(async pressed => {
    const picture = () => document.querySelector<HTMLElement>('.picture')!
    const stateOf = () => `${picture().querySelector('img')!.src} ${picture().style.width}`
    const before = stateOf()
    const started = performance.now()
    document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }))
    const isShown = () =>
      stateOf() !== before &&
      [...picture().querySelectorAll('img')].every(
        image => image.complete && image.naturalWidth > 0 && image.classList.contains('shown'),
      )
    while (!isShown()) await new Promise(resolve => requestAnimationFrame(resolve))
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
    return performance.now() - started
  }, key)
}

async function makeLargePhotos(folder: string): Promise<void> {
  await mkdir(folder)
  for (let n = 0; n < PHOTOS; n++) {
    const kind = sampleKinds[n % sampleKinds.length]!
    const { data } = await drawSample({ kind, seed: `large/${n}`, longEdge: 1500 })
    // Noise as sensors have it: what is smooth would be decoded faster than photos are.
    const grain = await sharp({
      create: {
        width: 1500,
        height: 1000,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 12 },
      },
    })
      .png()
      .toBuffer()
    await sharp(data)
      .resize(6000, 4000, { fit: 'cover' })
      .composite([{ input: grain, tile: true, blend: 'soft-light' }])
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${String(n).padStart(3, '0')}.jpg`))
  }
}
