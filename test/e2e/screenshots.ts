import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { drawSample, writeSamples } from '../../electron/engine/samples/samples.ts'
import { buildRenderer, launchBrowser, openPage, serveLibrary } from '../support/browser.ts'
import { makeLibrary } from '../support/made-library.ts'

/** Photographs the states of the window, dark and light, at three sizes, into test/output/screenshots. */
const output = fileURLToPath(new URL('../output/screenshots', import.meta.url))
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1200 },
  { width: 900, height: 600 },
]
const themes = ['dark', 'light'] as const
const tile = (page: Page, index: number) => page.locator(`[data-index="${index}"]`)

await mkdir(output, { recursive: true })
buildRenderer()
const browser = await launchBrowser()
const folder = await mkdtemp(join(tmpdir(), 'kindred-shots-'))
const library = await makeLibrary(19, true, 800)
await addFailures(library.photos)
for (const size of sizes)
  for (const theme of themes) await photograph(browser, `${theme}-${size.width}`, { ...size, theme })
await browser.close()
await library.remove()
await rm(folder, { recursive: true, force: true })

async function photograph(
  browser: Browser,
  suffix: string,
  options: Parameters<typeof openPage>[2],
): Promise<void> {
  const shoot = async (page: Page, name: string): Promise<void> => {
    await page.waitForTimeout(700)
    await page.screenshot({ path: join(output, `${name}-${suffix}.png`) })
  }

  const empty = await serveLibrary(join(folder, `empty-${suffix}`))
  const { page: fresh } = await openPage(browser, empty.url, options)
  await fresh.getByRole('button', { name: 'Choose a folder' }).waitFor()
  await shoot(fresh, '01-first-run')
  await fresh.getByRole('button', { name: 'Choose a folder' }).click()
  await shoot(fresh, '02-choose-folder')
  await fresh.keyboard.press('Escape')
  await fresh.getByRole('button', { name: 'Try with sample photos' }).click()
  await shoot(fresh, '03-drawing-samples')
  await fresh.context().close()
  await empty.stop()

  const two = join(folder, `two-${suffix}`)
  await writeSamples(join(two, 'photos'), { perKind: 1, seed: 3, kinds: ['coffee', 'sailboats'] })
  const couple = await serveLibrary(join(two, 'library'))
  const { page: small } = await openPage(browser, couple.url, options)
  await small.getByRole('button', { name: 'Choose a folder' }).click()
  await small.getByRole('textbox', { name: 'Folder' }).fill(join(two, 'photos'))
  await small.keyboard.press('Enter')
  await small.getByRole('button', { name: 'Add this folder' }).click()
  await tile(small, 1).waitFor()
  await shoot(small, '04-two-photos')
  await small.context().close()
  await couple.stop()

  const served = await serveLibrary(library.libraryDir)
  const { page } = await openPage(browser, served.url, options)
  await tile(page, 0).waitFor()
  await shoot(page, '05-library')
  await tile(page, 2).click({ button: 'right' })
  await shoot(page, '06-menu')
  await page.keyboard.press('Escape')
  await tile(page, 2).click()
  await page.keyboard.press('s')
  await page.locator('.score').first().waitFor()
  await shoot(page, '07-results')
  await page.keyboard.press('i')
  await tile(page, 1).click()
  await shoot(page, '08-results-details')
  await page.keyboard.press('i')
  await page.getByRole('slider', { name: 'Lowest score' }).focus()
  await page.keyboard.press('End')
  await shoot(page, '09-results-narrowed')
  const { data } = await drawSample({ kind: 'jellyfish', seed: 'outside', longEdge: 600 })
  await page.evaluate(
    bytes => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([new Uint8Array(bytes)], 'jellyfish.jpg', { type: 'image/jpeg' }))
      document.body.dispatchEvent(
        new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }),
      )
    },
    [...data],
  )
  await page.getByRole('button', { name: 'Like: jellyfish.jpg' }).waitFor()
  await shoot(page, '10-outside-image')
  await tile(page, 0).dblclick()
  await page.getByRole('dialog').waitFor()
  await shoot(page, '11-large')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await shoot(page, '12-keys')
  await page.keyboard.press('Escape')
  await page
    .getByRole('button', { name: 'Settings' })
    .click()
    .catch(() => page.keyboard.press('Control+,'))
  await page.getByRole('button', { name: 'Look for changes' }).click()
  await shoot(page, '13-settings')
  await page.getByRole('button', { name: /^Could not be read/ }).click()
  await shoot(page, '14-failed')
  await page.getByRole('button', { name: /^All photos/ }).click()
  // While the host stands still, nobody starts the engine anew.
  process.kill(served.hostPid, 'SIGSTOP')
  process.kill(served.enginePid, 'SIGKILL')
  await page.getByText('restarting its engine').waitFor()
  await shoot(page, '15-restarting')
  process.kill(served.hostPid, 'SIGCONT')
  await page.context().close()
  await served.stop()
}

/** A few files that are no photos in spite of their names. */
async function addFailures(photos: string): Promise<void> {
  await writeFile(join(photos, 'notes from the trip.jpg'), 'Dear diary, it rained.')
  await writeFile(join(photos, 'empty.png'), '')
  const { data } = await drawSample({ kind: 'coffee', seed: 'cut', longEdge: 500 })
  await writeFile(join(photos, 'cut off.jpg'), data.subarray(0, data.length / 2))
}
