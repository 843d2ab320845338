import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { openPage, serveLibrary, type Served } from '../support/browser.ts'
import { makeLibrary, resourcesDir, type MadeLibrary } from '../support/made-library.ts'
import { patternAt, writePatternPhoto } from '../support/pattern-photo.ts'

const WIDTH = 6000
const HEIGHT = 4000
const tile = (page: Page, index: number) => page.locator(`[data-index="${index}"]`)

/** The tests of the large view: one library, one page, from test to test. */
export function testLargeView(browser: () => Browser): void {
  let made: MadeLibrary
  let served: Served
  let page: Page
  let errors: string[]
  const requested: string[] = []

  beforeAll(async () => {
    made = await makeLibrary(2, false)
    await mkdir(join(made.photos, 'large'))
    // Newest, so that the grid begins with them.
    await writePatternPhoto(join(made.photos, 'large', 'pattern.jpg'), WIDTH, HEIGHT, '2026:10:02 00:00:00')
    await sharp({ create: { width: 2400, height: 1600, channels: 3, background: '#fff' } })
      .withExif({ IFD2: { DateTimeOriginal: '2026:10:01 00:00:00' } })
      .jpeg()
      .toFile(join(made.photos, 'large', 'white.jpg'))
    const engine = await openEngine({ libraryDir: made.libraryDir, resourcesDir })
    await engine.library.import([made.photos])
    await engine.close()
    served = await serveLibrary(made.libraryDir)
    ;({ page, errors } = await openPage(browser(), served.url))
    page.on('request', request =>
      requested.push(new URL(request.url()).pathname + new URL(request.url()).search),
    )
    await tile(page, 0).waitFor()
  })
  afterAll(async () => {
    await page.context().close()
    await served.stop()
    await made.remove()
  })

  const dialog = () => page.getByRole('dialog', { name: /^Large view/ })
  const facts = async (): Promise<string> => (await dialog().locator('.facts').textContent())!.trim()
  const open = async (index: number): Promise<void> => {
    await tile(page, index).dblclick()
    await dialog().locator('.name').filter({ hasText: /./ }).waitFor()
  }
  const allLoaded = () =>
    page.waitForFunction(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>('.picture img')]
      return images.length > 0 && images.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)
    })
  const pixelsOfScreen = async () =>
    sharp(await page.screenshot())
      .removeAlpha()
      .raw()
      .toBuffer()

  test('fits a photo with no more pixels than the screen has, and at 100 % is as sharp as the file', async () => {
    requested.length = 0
    await open(0)
    await allLoaded()
    const images = requested.filter(path => /\/(image|tile)\//.test(path))
    expect(images.length).toBeGreaterThan(0)
    expect(images.filter(path => !path.endsWith('size=1280'))).toEqual([])

    await page.keyboard.press('z')
    await page.locator('[data-tile]').first().waitFor()
    await allLoaded()
    const { left, top } = await page.evaluate(() => {
      const { x, y } = document.querySelector('.picture')!.getBoundingClientRect()
      return { left: x, top: y }
    })
    expect([left, top].every(Number.isInteger)).toBe(true)
    const pixels = await pixelsOfScreen()
    let [sum, largest, count] = [0, 0, 0]
    for (let y = 120; y < 700; y += 3)
      for (let x = 100; x < 1180; x += 1) {
        const off = Math.abs(pixels[(y * 1280 + x) * 3]! - patternAt(x - left, y - top))
        sum += off
        largest = Math.max(largest, off)
        count++
      }
    expect(sum / count).toBeLessThan(4)
    expect(largest).toBeLessThan(40)
    await page.keyboard.press('0')
    expect(await page.locator('[data-tile]').count()).toBe(0)
  })

  test('keeps its words legible on a white photo', async () => {
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => dialog().getAttribute('aria-label')).toContain('white')
    await page.keyboard.press('z')
    await allLoaded()
    const pixels = await pixelsOfScreen()
    const luminance = (value: number): number => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }
    // Beside the name and between the thumbnails' row and its edge: nothing but the photo lies under the cover there.
    for (const [x, y] of [
      [500, 24],
      [640, 732],
    ] as const) {
      const ground = pixels[(y * 1280 + x) * 3]!
      for (const alpha of [0.92, 0.72]) {
        const ink = luminance(255 * alpha + ground * (1 - alpha))
        expect((ink + 0.05) / (luminance(ground) + 0.05)).toBeGreaterThan(4.5)
      }
    }
    expect(pixels[(400 * 1280 + 640) * 3]).toBeGreaterThan(250)
    await page.keyboard.press('0')
  })

  test('moves by keys, to the ends too, and says where it is', async () => {
    expect(await facts()).toMatch(/^2 of 34/)
    await page.keyboard.press('End')
    await expect.poll(facts).toMatch(/^34 of 34/)
    await page.keyboard.press('ArrowRight')
    expect(await facts()).toMatch(/^34 of 34/)
    await page.keyboard.press('Home')
    await expect.poll(facts).toMatch(/^1 of 34/)
    await page
      .getByRole('group', { name: 'Filmstrip' })
      .getByRole('button', { name: 'Photo 4 of 34' })
      .click()
    await expect.poll(facts).toMatch(/^4 of 34/)
    await page.keyboard.press('Escape')
  })

  test('adds what it shows to an album, and Delete takes it out of the album that it was opened from', async () => {
    await open(2)
    await page.keyboard.press('ArrowRight')
    for (const key of ['a', 'ArrowRight', 'a'] as const) {
      await page.keyboard.press(key)
      if (key !== 'a') continue
      await page.getByRole('combobox').fill('Picked')
      await page.keyboard.press('Enter')
      await page.getByRole('combobox').waitFor({ state: 'detached' })
      // The album is there before a second photo is added to it.
      await page.locator('nav').getByText('Picked', { exact: true }).waitFor({ state: 'attached' })
    }
    await page.keyboard.press('Escape')
    await page
      .locator('nav')
      .getByRole('button', { name: /^Picked/ })
      .click()
    await tile(page, 1).waitFor()
    expect(await page.getByRole('gridcell').count()).toBe(2)
    await open(0)
    expect(await facts()).toMatch(/^1 of 2/)
    await page.keyboard.press('Delete')
    await expect.poll(() => page.getByRole('gridcell', { includeHidden: true }).count()).toBe(1)
    expect(await dialog().count()).toBe(1)
    await page.keyboard.press('Control+z')
    await expect.poll(() => page.getByRole('gridcell', { includeHidden: true }).count()).toBe(2)
    await page.keyboard.press('Escape')
  })

  test('shows the twelve nearest; Enter jumps to one, → goes on, Back undoes', async () => {
    await page.getByRole('button', { name: /^All photos/ }).click()
    await open(4)
    await page.keyboard.press('t')
    const strip = page.getByRole('group', { name: 'Similar photos' })
    await expect.poll(() => strip.getByRole('button').count()).toBe(12)
    const name = () => dialog().getAttribute('aria-label')
    const before = await name()
    await strip.getByRole('button').first().focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await expect.poll(name).not.toBe(before)
    const place = Number.parseInt(await facts(), 10)
    await page.keyboard.press('ArrowRight')
    await expect.poll(facts).toMatch(new RegExp(`^${place + 1} of 34`))
    await page.keyboard.press('Alt+ArrowLeft')
    await expect.poll(name).toBe(before)
    await page.reload()
    await tile(page, 0).waitFor()
    await open(4)
    await expect.poll(() => strip.getByRole('button').count()).toBe(12)
    await page.keyboard.press('t')
    expect(await strip.count()).toBe(0)
  })

  test('finds similar, and more or less like it, from its keys and its menu', async () => {
    await page.keyboard.press('s')
    await page.locator('.score').first().waitFor()
    expect(await dialog().count()).toBe(0)
    await open(1)
    expect(await facts()).toMatch(/^2 of \d+ \d+% similar/)
    await dialog().locator('.stage').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'More like this' }).click()
    await expect.poll(() => page.getByRole('button', { name: /^Like: / }).count()).toBe(2)
    await open(0)
    await page.keyboard.press('n')
    await expect.poll(() => page.getByRole('button', { name: /^Not like: / }).count()).toBe(1)
  })

  test('finds a part that was drawn or moved by keys', async () => {
    await page.getByRole('button', { name: /^All photos/ }).click()
    const scores = () => page.locator('.score').allTextContents()
    const found: string[] = []
    for (const how of ['pointer', 'keys'] as const) {
      await open(3)
      await allLoaded()
      await page.keyboard.press('c')
      await dialog()
        .getByRole('group', { name: /^Part of the photo/ })
        .waitFor()
      if (how === 'pointer') {
        const box = (await page.locator('.picture').boundingBox())!
        await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.1)
        await page.mouse.down()
        await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5, { steps: 4 })
        await page.mouse.up()
        await expect
          .poll(() => page.locator('.visually-hidden[role=status]').allTextContents())
          .toContain('30% wide and 40% high, 10% from the left, 10% from the top')
        await page.getByRole('button', { name: 'Find this' }).click()
      } else {
        for (const key of ['ArrowRight', 'ArrowDown', 'Shift+ArrowLeft']) await page.keyboard.press(key)
        await page.keyboard.press('Enter')
      }
      await page.locator('.score').first().waitFor()
      found.push((await scores()).join())
      await page.getByRole('button', { name: 'Back' }).click()
      await page.locator('.score').first().waitFor({ state: 'detached' })
    }
    await tile(page, 3).click()
    await page.keyboard.press('s')
    await page.locator('.score').first().waitFor()
    found.push((await scores()).join())
    expect(new Set(found).size).toBe(3)
  })

  test('has printed no errors', () => expect(errors).toEqual([]))
}
