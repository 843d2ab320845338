import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible } from '../support/accessible.ts'
import {
  buildRenderer,
  chromiumPath,
  launchBrowser,
  openPage,
  serveLibrary,
  type Served,
} from '../support/browser.ts'
import { addAlbums, makeLibrary, type MadeLibrary } from '../support/made-library.ts'

const tile = (page: Page, index: number) => page.locator(`[data-index="${index}"]`)
const count = (page: Page) => page.locator('.outcome .count')
const address = (page: Page): string => new URL(page.url()).hash

describe.skipIf(!chromiumPath)('find similar in depth (skipped without Chromium)', () => {
  let browser: Browser
  let library: MadeLibrary
  let served: Served
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    buildRenderer()
    browser = await launchBrowser()
    library = await makeLibrary(6, true, 240)
    await addAlbums(library)
    served = await serveLibrary(library.libraryDir)
    ;({ page, errors } = await openPage(browser, served.url))
    await tile(page, 0).waitFor()
  })
  afterAll(async () => {
    await browser.close()
    await served.stop()
    await library.remove()
  })

  test('photos are named by their place, album, date and file', async () => {
    await expect
      .poll(() => tile(page, 0).getAttribute('aria-label'))
      .toMatch(/^Photo 1 of 96, album [\w-]+, .*\d{4}, [\w-]+\.jpg$/)
  })

  test('results end where likeness ends, all of them are a click away, and Back keeps the choice', async () => {
    await tile(page, 1).click()
    await page.keyboard.press('s')
    await expect.poll(() => count(page).textContent()).toMatch(/^\s*\d+ of 95 photos\s*$/)
    const suggested = await count(page).textContent()
    expect(await page.locator('.histogram .cut').count()).toBe(1)
    await page.getByRole('button', { name: 'Show all 95' }).click()
    await expect.poll(() => count(page).textContent()).toMatch(/^\s*95 photos\s*$/)
    await tile(page, 2).click()
    await page.keyboard.press('s')
    await expect.poll(() => count(page).textContent()).toMatch(/ of 95 /)
    await page.keyboard.press('Alt+ArrowLeft')
    await expect.poll(() => count(page).textContent()).toMatch(/^\s*95 photos\s*$/)
    await page.getByRole('button', { name: /^Only the nearest/ }).click()
    await expect.poll(() => count(page).textContent()).toBe(suggested)
  })

  test('an example counts for more or less, by keys, wheel and menu', async () => {
    const example = page.getByRole('list', { name: 'Searched by' }).getByRole('button', { name: /^Like/ })
    await example.focus()
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => example.getAttribute('aria-label')).toMatch(/counts 2 times$/)
    expect(address(page)).toMatch(/like=\d+\*2$/)
    await example.hover()
    await page.mouse.wheel(0, 60)
    await expect.poll(() => example.getAttribute('aria-label')).not.toMatch(/counts/)
    await example.click({ button: 'right' })
    await page.getByRole('menuitemradio', { name: '× 0.5' }).click()
    await expect.poll(() => address(page)).toMatch(/like=\d+\*0\.5$/)
    expect(await page.getByRole('menuitem').count()).toBe(0)
  })

  test('a part of an example is chosen and changed on the large view', async () => {
    const example = page.getByRole('list', { name: 'Searched by' }).getByRole('button', { name: /^Like/ })
    const boxes: string[] = []
    for (const entry of ['Choose a part…', 'Change the part…']) {
      await example.click({ button: 'right' })
      await page.getByRole('menuitem', { name: entry }).click()
      await page.getByRole('group', { name: /^Part of the photo/ }).waitFor()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.locator('.picture .crop').count()).toBe(1)
      boxes.push(address(page))
    }
    expect(boxes[0]).toMatch(/@0\.27,0\.25,0\.5,0\.5$/)
    expect(boxes[1]).toMatch(/@0\.29,0\.25,0\.5,0\.5$/)
    await example.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Use the whole photo' }).click()
    await expect.poll(() => address(page)).not.toMatch(/@/)
  })

  test('filters are chips, in the address, kept by a reload and by Back', async () => {
    await page.keyboard.press('f')
    const panel = page.getByRole('dialog', { name: 'Filters' })
    await panel.getByRole('checkbox', { name: /^Landscape/ }).check()
    await panel.getByRole('button', { name: 'Not in coffee' }).click()
    await expectAccessible(page, 'filters')
    await page.keyboard.press('Escape')
    const list = page.getByRole('list', { name: 'Filters in use' }).getByRole('listitem')
    const chips = async (): Promise<string[]> => (await list.allTextContents()).map(text => text.trim())
    await expect.poll(chips).toEqual(['Not in coffee', 'Landscape'])
    const shapes = await page
      .locator('.photo')
      .evaluateAll(photos => photos.map(photo => photo.clientWidth / photo.clientHeight))
    expect(Math.min(...shapes)).toBeGreaterThan(1)
    const before = [await count(page).textContent(), address(page)]
    expect(before[1]).toMatch(/notAlbums=\d+.*shapes=landscape/)

    await page.reload()
    await expect.poll(chips).toEqual(['Not in coffee', 'Landscape'])
    await expect.poll(async () => [await count(page).textContent(), address(page)]).toEqual(before)

    await page.getByRole('button', { name: /^All photos/ }).click()
    await page.keyboard.press('Alt+ArrowLeft')
    await expect.poll(chips).toEqual(['Not in coffee', 'Landscape'])
    await page.getByRole('button', { name: 'Remove the filter: Landscape' }).click()
    await expect.poll(chips).toEqual(['Not in coffee'])
    await page.getByRole('button', { name: 'Remove the filter: Not in coffee' }).click()
    await expect.poll(() => address(page)).toMatch(/^#\/similar\?like=\d+\*0\.5$/)
  })

  test('filters that leave nothing say so', async () => {
    await page.keyboard.press('f')
    await page.getByRole('checkbox', { name: /^Videos/ }).check()
    await page.keyboard.press('Escape')
    await page.getByText('No photo passes these filters').waitFor()
    await page.locator('.grid').getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => count(page).textContent()).toMatch(/ of 95 /)
  })

  test('many examples are a stack that opens, and everything down to a result is selected', async () => {
    await tile(page, 6).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Select all down to here' }).click()
    await page.getByText('7 selected').waitFor()
    await page.getByRole('banner').getByRole('button', { name: 'Find similar' }).click()
    await page.getByRole('button', { name: 'Show all 7 examples' }).click()
    const examples = page.getByRole('list', { name: 'Searched by' }).getByRole('listitem')
    expect(await examples.count()).toBe(7)
    await expectAccessible(page, 'many examples')
    await page.getByRole('button', { name: 'Show fewer examples' }).click()
    expect(await examples.count()).toBe(4)
  })

  test('a result shows which of its regions match the query', async () => {
    await page.keyboard.press('Alt+ArrowLeft')
    await tile(page, 3).click()
    await page.keyboard.press('i')
    await page.getByRole('button', { name: 'Why similar' }).click()
    const pictures = page.getByRole('complementary', { name: 'Details' }).locator('canvas')
    await expect.poll(() => pictures.count()).toBe(2)
    const shades = await pictures.evaluateAll((canvases: HTMLCanvasElement[]) =>
      canvases.map(canvas => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        return new Set(data.filter((_, i) => i % 4 === 3)).size
      }),
    )
    expect(Math.min(...shades)).toBeGreaterThan(4)
    await expectAccessible(page, 'why similar')
    await page.keyboard.press('i')
  })

  test.each(['dark', 'light'] as const)('nothing is cut off in a narrow window (%s)', async theme => {
    await page.emulateMedia({ colorScheme: theme })
    for (const width of [640, 780, 900]) {
      await page.setViewportSize({ width, height: 600 })
      await page.waitForTimeout(200)
      const outside = await page.locator('button, h1, input').evaluateAll(elements =>
        elements.flatMap(element => {
          const { left, right, width } = element.getBoundingClientRect()
          const isShown = width > 1 && getComputedStyle(element).visibility !== 'hidden'
          return isShown && (left < -1 || right > innerWidth + 1) ? [element.outerHTML.slice(0, 90)] : []
        }),
      )
      expect(outside).toEqual([])
      if (width === 640) await expectAccessible(page, `${theme} at ${width}`)
    }
    await page.keyboard.press('b')
    await page.getByRole('navigation', { name: 'Library' }).waitFor()
    await expectAccessible(page, `${theme}, sidebar as a sheet`)
    await page.keyboard.press('Escape')
    expect(await page.getByRole('navigation', { name: 'Library' }).count()).toBe(0)
    await page.setViewportSize({ width: 1280, height: 800 })
    expect(errors).toEqual([])
  })
})
