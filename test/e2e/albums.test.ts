import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildRenderer,
  chromiumPath,
  launchBrowser,
  openPage,
  serveLibrary,
  type Served,
} from '../support/browser.ts'
import { addAlbums, makeLibrary, type MadeLibrary } from '../support/made-library.ts'
import { poorHead } from '../support/poor-head.ts'

const WAIT = { timeout: 60_000 }
const PER_KIND = 12
/** Kinds whose albums are made by hand in the window; all others have theirs from the start. */
const BY_HAND = ['coffee', 'sailboats']

const tile = (page: Page, index: number) => page.locator(`[data-index="${index}"]`)
const sidebarAlbum = (page: Page, name: string) =>
  page.locator('nav').getByRole('button', { name: new RegExp(`^${name}`) })
const order = (page: Page): Promise<string[]> =>
  page
    .locator('.photo img')
    .evaluateAll(images => images.slice(0, 40).map(image => image.getAttribute('src') ?? ''))

async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${where}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
}

describe.skipIf(!chromiumPath)('albums and the model, in Chromium (skipped where there is none)', () => {
  let library: MadeLibrary
  let browser: Browser
  let served: Served
  let page: Page
  let errors: string[]
  /** Ids of the photos of each kind. */
  const kinds = new Map<string, number[]>()

  beforeAll(async () => {
    buildRenderer()
    library = await makeLibrary(PER_KIND)
    const poor = await poorHead()
    await addAlbums(library, ({ albums, catalog, models }) => {
      models.import(poor)
      for (const album of albums.list()) {
        kinds.set(album.name, catalog.albums.photosOf(album.id))
        if (BY_HAND.includes(album.name)) albums.delete(album.id)
      }
    })
    browser = await launchBrowser()
    served = await serveLibrary(library.libraryDir)
    ;({ page, errors } = await openPage(browser, served.url))
    await tile(page, 0).waitFor(WAIT)
  })
  afterAll(async () => {
    await browser.close()
    await served.stop()
    await library.remove()
  })

  async function findSimilarTo(photo: number): Promise<void> {
    await page.getByRole('button', { name: /^All photos/ }).click()
    const wanted = page.locator(`.photo:has(img[src*="/thumb/${photo}?"])`)
    for (let step = 0; (await wanted.count()) === 0 && step < 60; step++) {
      await page.mouse.move(700, 400)
      await page.mouse.wheel(0, 500)
      await page.waitForTimeout(60)
    }
    await wanted.first().click()
    await page.keyboard.press('s')
    await page.locator('.score').first().waitFor(WAIT)
  }

  async function findSimilarToFirstOf(album: string): Promise<void> {
    await sidebarAlbum(page, album).click()
    await page.getByRole('heading', { name: album, exact: true }).waitFor(WAIT)
    await tile(page, 0).click()
    await page.keyboard.press('s')
    await page.locator('.score').first().waitFor(WAIT)
  }

  it('makes two albums from results with the keyboard', async () => {
    for (const kind of BY_HAND) {
      await findSimilarTo(kinds.get(kind)![0]!)
      await tile(page, 0).click()
      await page.keyboard.press('Shift+ArrowRight')
      await page.keyboard.press('Shift+ArrowRight')
      await page.keyboard.press('Shift+ArrowRight')
      await page.getByText('4 selected').waitFor(WAIT)
      await page.keyboard.press('a')
      await page.getByRole('combobox').fill(kind)
      await page.getByRole('option', { name: `Create album “${kind}”` }).waitFor()
      await page.keyboard.press('Enter')
      await sidebarAlbum(page, kind).waitFor(WAIT)
    }
  })

  it('takes an album change back and does it again', async () => {
    await expect.poll(() => sidebarAlbum(page, BY_HAND[1]!).count()).toBe(1)
    await page.keyboard.press('Control+z')
    await expect.poll(() => sidebarAlbum(page, BY_HAND[1]!).count()).toBe(0)
    await page.keyboard.press('Control+Shift+Z')
    await expect.poll(() => sidebarAlbum(page, BY_HAND[1]!).count()).toBe(1)
  })

  it('suggests photos, and takes yes and no by key', async () => {
    await sidebarAlbum(page, BY_HAND[0]!).click()
    const lane = page.getByRole('region', { name: 'Suggestions' })
    await lane.waitFor(WAIT)
    await expectAccessible(page, 'album')
    await lane.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => sidebarAlbum(page, BY_HAND[0]!).textContent(), WAIT).toMatch(/5\s*$/)
    const refused = await lane.locator('img.first').getAttribute('src')
    await lane.focus()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => lane.locator('img.first').getAttribute('src')).not.toBe(refused)
    // What is likely belongs there: the first suggestions are of its own kind.
    for (let i = 0; i < 3; i++) {
      const [, photo] = /image\/(\d+)/.exec((await lane.locator('img.first').getAttribute('src'))!)!
      const belongs = kinds.get(BY_HAND[0]!)!.includes(Number(photo))
      await lane.focus()
      await page.keyboard.press(belongs ? 'ArrowRight' : 'ArrowLeft')
      await page.waitForTimeout(200)
    }
    await expect
      .poll(async () =>
        Number(/\d+$/.exec((await sidebarAlbum(page, BY_HAND[0]!).textContent())!.trim())![0]),
      )
      .toBeGreaterThan(5)
  })

  it('learns, shows how it goes, and reports what it measured', async () => {
    // The bundled version leaves little to be learned about drawn pictures.
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    const poor = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: /^poor( In use)?$/ }) })
    await poor.getByRole('button', { name: 'Use this one' }).click()
    await poor.getByText('In use').waitFor(WAIT)
    await findSimilarToFirstOf('leaves')
    const before = await order(page)

    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await page.getByText('Kindred has not learned from your albums yet').waitFor(WAIT)
    await expectAccessible(page, 'model, nothing learned')
    await page.getByRole('button', { name: 'Learn from my albums' }).click()
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor(WAIT)
    await page.getByRole('img', { name: /MAP@R on held-out photos went from/ }).waitFor(WAIT)
    await page.getByText('In use because it measured better').waitFor({ timeout: 120_000 })
    await page.getByRole('heading', { name: /^Trained on 1[56] albums/ }).waitFor(WAIT)
    await expectAccessible(page, 'report card')

    await findSimilarToFirstOf('leaves')
    expect(await order(page)).not.toEqual(before)

    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await poor.getByRole('button', { name: 'Use this one' }).click()
    await poor.getByText('In use').waitFor(WAIT)
    await findSimilarToFirstOf('leaves')
    await expect.poll(() => order(page), WAIT).toEqual(before)
    expect(errors).toEqual([])
  })

  it('shows the map, where the keys lead from photo to photo', async () => {
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    const map = page.getByRole('img', { name: /^Map of/ })
    await map.waitFor(WAIT)
    await map.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.locator('.card img').waitFor()
    await page.getByRole('button', { name: 'Before', exact: true }).click()
    await page.keyboard.press('Escape')
  })
})
