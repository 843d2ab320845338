import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildRenderer, chromiumPath, launchBrowser, serveLibrary, type Served } from '../support/browser.ts'
import { makeLibrary, type MadeLibrary } from '../support/made-library.ts'

const WAIT = { timeout: 60_000 }
/** Words of English sentences that are no German ones. */
const english = /\b(the|is|are|of|to|not|there|this|it|needs|photos|album “)\b/i

describe.skipIf(!chromiumPath)('the window in German (skipped without Chromium)', () => {
  let library: MadeLibrary
  let browser: Browser
  let served: Served
  let page: Page

  beforeAll(async () => {
    library = await makeLibrary(1)
    buildRenderer()
    browser = await launchBrowser()
    served = await serveLibrary(library.libraryDir)
    const context = await browser.newContext({ locale: 'de-DE', reducedMotion: 'reduce' })
    page = await context.newPage()
    await page.goto(served.url)
    await page.locator('[data-index="0"]').waitFor(WAIT)
  })
  afterAll(async () => {
    await browser.close()
    await served.stop()
    await library.remove()
  })

  const messages = () => page.getByRole('region', { name: 'Meldungen' })

  test('says what was undone and redone', async () => {
    await page.locator('[data-index="0"]').click()
    await page.keyboard.press('a')
    await page.getByRole('combobox').fill('Rosen')
    await page.getByRole('option', { name: 'Album „Rosen“ anlegen' }).waitFor(WAIT)
    await page.keyboard.press('Enter')
    await page.getByText(/^„Rosen“ mit 1 Foto angelegt/).waitFor(WAIT)
    await page.keyboard.press('Control+z')
    await page.getByText('Rückgängig gemacht: Neues Album „Rosen“').waitFor(WAIT)
    await page.keyboard.press('Control+Shift+z')
    await page.getByText('Wiederholt: Neues Album „Rosen“').waitFor(WAIT)
    expect(await messages().innerText()).not.toMatch(english)
  })

  test('says why it cannot learn yet', async () => {
    await page.getByRole('button', { name: 'Modell', exact: true }).click()
    const learn = page.locator('.learn')
    await learn.getByText(/^Zum Lernen braucht Kindred 2 Alben/).waitFor(WAIT)
    // Labels are read in the background.
    await learn.getByText('„Rosen“ braucht noch 4 Fotos.').waitFor(WAIT)
    expect(await learn.innerText()).not.toMatch(english)
  })

  test('says that a folder is not there', async () => {
    await page.keyboard.press('Control+,')
    await page.getByRole('button', { name: 'Ordner hinzufügen' }).click()
    await page.getByRole('textbox', { name: 'Ordner' }).fill('/nirgends')
    await page.getByRole('button', { name: 'Diesen Ordner hinzufügen' }).click()
    const alert = page.getByRole('alert')
    await alert.waitFor(WAIT)
    expect(await alert.innerText()).toMatch(/^Den Ordner \/nirgends gibt es nicht\./)
    expect(await alert.innerText()).not.toMatch(english)
  })
})
