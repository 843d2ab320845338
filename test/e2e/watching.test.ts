import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildRenderer, chromiumPath, launchBrowser, openPage, serveLibrary } from '../support/browser.ts'
import { writePicture } from '../support/small-photos.ts'
import { importPhotos } from '../reliability/support/small-library.ts'

/** Milliseconds from a new file to its photo in the grid, with a machine that has nothing else to do. */
const AIM = 3000

test.skipIf(!chromiumPath)(
  'a new file is in the grid soon, and photos are dimmed while their folder is not there',
  async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'kindred-window-watching-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const { library, photos } = await importPhotos(folder, 6)
    buildRenderer()
    const served = await serveLibrary(library, '', true)
    onTestFinished(() => served.stop())
    const browser = await launchBrowser()
    onTestFinished(() => browser.close())
    const { page, errors } = await openPage(browser, served.url)
    const shown = (): Promise<number> => page.locator('img.loaded').count()
    await expect.poll(shown).toBe(6)
    // Its first look at the folders is over.
    await expect.poll(() => page.getByRole('progressbar').count()).toBe(0)
    const delays: number[] = []
    for (let n = 0; n < 3; n++) {
      await writePicture(join(photos, 'new', `${n}.jpg`), `new ${n}`, 'jpg', { width: 640, height: 480 })
      const started = performance.now()
      await expect.poll(shown, { interval: 50 }).toBe(7 + n)
      delays.push(performance.now() - started)
    }
    // The fastest: other work of the machine is no fault of the window.
    expect(Math.min(...delays)).toBeLessThan(AIM)

    await rename(photos, `${photos} unplugged`)
    await expect.poll(() => page.locator('.drive').count()).toBe(9)
    await rename(`${photos} unplugged`, photos)
    await expect.poll(() => page.locator('.drive').count()).toBe(0)
    expect(errors).toEqual([])
  },
)
