import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { writeSamples } from '../../samples/samples.ts'
import { expectAccessible } from '../support/accessible.ts'
import {
  buildRenderer,
  chromiumPath,
  launchBrowser,
  openPage,
  serveLibrary,
  type Served,
} from '../support/browser.ts'
import { makeLibrary, resourcesDir, type MadeLibrary } from '../support/made-library.ts'

const PER_KIND = 3

describe.skipIf(!chromiumPath)('ways through the library (skipped without Chromium)', () => {
  let browser: Browser
  let library: MadeLibrary
  let served: Served
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    buildRenderer()
    browser = await launchBrowser()
    library = await makeLibrary(PER_KIND, false, 160)
    const { photos, libraryDir } = library
    await mkdir(join(photos, 'trips', 'sea'), { recursive: true })
    await rename(join(photos, 'sailboats'), join(photos, 'trips', 'sea', 'sailboats'))
    await rename(join(photos, 'coffee'), join(photos, 'trips', 'coffee'))
    const engine = await openEngine({ libraryDir, resourcesDir })
    await engine.library.import([photos])
    await engine.close()
    served = await serveLibrary(libraryDir, '', true)
    ;({ page, errors } = await openPage(browser, served.url))
    await page.locator('[data-index="0"]').waitFor()
  })
  afterAll(async () => {
    await browser.close()
    await served.stop()
    await library.remove()
  })

  const folder = (name: string) => page.getByRole('tree').getByRole('treeitem', { name })
  const shownPhotos = (): Promise<number> => page.getByRole('grid').getByRole('gridcell').count()
  const address = (): string => decodeURIComponent(new URL(page.url()).hash)

  test('the folders are a tree: by keys or mouse to the photos of one, and back', async () => {
    await folder('trips').waitFor()
    expect(await folder('sea').count()).toBe(0)
    await folder('photos').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page
      .getByRole('main')
      .getByText(join(library.photos, 'trips', 'coffee'))
      .waitFor()
    await expect.poll(shownPhotos).toBe(PER_KIND)
    expect(address()).toBe(`#/folder?path=${join(library.photos, 'trips', 'coffee')}`)
    await folder('trips').click()
    await expect.poll(shownPhotos).toBe(2 * PER_KIND)
    await page.getByRole('heading', { level: 1, name: 'trips' }).waitFor()
    await expectAccessible(page, 'folder')
    await page.keyboard.press('Alt+ArrowLeft')
    await expect.poll(shownPhotos).toBe(PER_KIND)

    // A reload finds the folder again, with those around it open; a closed section stays closed.
    await page.reload()
    await folder('coffee').waitFor()
    expect(await folder('coffee').getAttribute('aria-current')).toBe('page')
    await expect.poll(shownPhotos).toBe(PER_KIND)
    const heading = page.getByRole('navigation').getByRole('button', { name: 'Folders', exact: true })
    await heading.click()
    expect(await page.getByRole('tree').count()).toBe(0)
    await page.reload()
    await heading.waitFor()
    expect(await heading.getAttribute('aria-expanded')).toBe('false')
    await heading.click()
    await folder('coffee').waitFor()
  })

  test('folders that are not there at present say so', async () => {
    await rename(library.photos, `${library.photos} unplugged`)
    await folder('photos').and(page.locator('.away')).waitFor()
    await expectAccessible(page, 'folder that is away')
    await rename(`${library.photos} unplugged`, library.photos)
    await expect.poll(() => page.getByRole('tree').locator('.away').count()).toBe(0)
  })

  test('Back finds the photo at the top and the focus again, though the window and the thumbnails have changed', async () => {
    await page.getByRole('button', { name: /^All photos/ }).click()
    await page.locator('[data-index="0"]').click()
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown')
    // The photos of the row at the top edge, and what has the focus.
    const place = () =>
      page.evaluate(() => {
        const { top } = document.querySelector('.scroller')!.getBoundingClientRect()
        const row = [...document.querySelectorAll('.photo')].filter(photo => {
          const box = photo.getBoundingClientRect()
          return box.top <= top + 44 && box.bottom > top + 44
        })
        const name = (element: Element | null) => element?.getAttribute('aria-label')?.replace(/,.*/, '')
        return { row: row.map(name), focused: name(document.activeElement) }
      })
    const left = await place()
    expect(left.row[0]).not.toBe('Photo 1 of 48')
    await page.keyboard.press('Control+,')
    await page.getByRole('heading', { name: 'About' }).waitFor()
    await page.setViewportSize({ width: 1000, height: 700 })
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    await page.keyboard.press('Alt+ArrowLeft')
    await expect.poll(async () => (await place()).row).toContain(left.row[0])
    await expect.poll(async () => (await place()).focused).toBe(left.focused)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('recent imports lie under headings, the newest first', async () => {
    const holidays = join(library.folder, 'Holidays')
    await writeSamples(holidays, { perKind: 1, seed: 5, longEdge: 160, kinds: ['coffee', 'sailboats'] })
    await page.getByRole('button', { name: 'Recent imports' }).click()
    const headings = page.getByRole('main').getByRole('heading', { level: 2 })
    await expect
      .poll(() => headings.allTextContents())
      .toEqual([expect.stringMatching(/ photos · from photos$/)])
    await page.getByRole('button', { name: 'Add photos' }).click()
    await page.getByRole('textbox', { name: 'Folder' }).fill(holidays)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Add this folder' }).click()
    const today = new Date().getFullYear()
    await expect
      .poll(() => headings.allTextContents())
      .toEqual([
        expect.stringMatching(new RegExp(`${today}.* 2 photos · from Holidays$`)),
        expect.stringMatching(new RegExp(`${today}.* ${16 * PER_KIND} photos · from photos$`)),
      ])
    await expectAccessible(page, 'recent imports')
    expect(errors).toEqual([])
  })
})
