import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { Random } from '../../electron/shared/random.ts'
import { drawSample, writeSamples } from '../../samples/samples.ts'
import { buildRenderer, launchBrowser, openPage, serveLibrary } from '../support/browser.ts'
import { addAlbums, makeLibrary } from '../support/made-library.ts'
import { poorHead } from '../support/poor-head.ts'

/**
 * Photographs the states of the window, dark and light, at three sizes, into test/output/screenshots; only some of them
 * when told so: `npm run screenshots -- dark-1280 light-900`.
 */
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
process.env.KINDRED_MACHINE = join(folder, 'machine')
const library = await makeLibrary(19, true, 800)
await addFailures(library.photos)
// Albums that hold half of each kind, and albums whose photos have nothing in common.
const labelled = await makeLibrary(20, true, 640)
await cp(labelled.libraryDir, `${labelled.libraryDir}-mixed`, { recursive: true })
const poor = await poorHead()
await addAlbums(labelled, ({ albums: { queries, commands }, models }) => {
  models.import(poor)
  for (const { id } of queries.list()) commands.remove(id, queries.photosOf(id).slice(10))
})
await addAlbums(
  { ...labelled, libraryDir: `${labelled.libraryDir}-mixed` },
  ({ albums: { queries, commands } }) => {
    const photos = new Random('mixed').shuffled(queries.list().flatMap(({ id }) => queries.photosOf(id)))
    for (const { id } of queries.list()) commands.delete(id)
    for (let i = 0; i < 5; i++) commands.create(`Mixture ${i + 1}`, photos.slice(10 * i, 10 * (i + 1)))
  },
)
const wanted = process.argv.slice(2)
for (const size of sizes)
  for (const theme of themes) {
    const suffix = `${theme}-${size.width}`
    if (wanted.length === 0 || wanted.includes(suffix)) await photograph(browser, suffix, { ...size, theme })
  }
await browser.close()
await library.remove()
await labelled.remove()
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

  const empty = await serveLibrary(join(folder, `empty-${suffix}`), labelled.photos)
  const { page: fresh } = await openPage(browser, empty.url, options)
  await fresh.getByRole('button', { name: 'Choose a folder' }).waitFor()
  await shoot(fresh, '01-first-run')
  await fresh.getByRole('button', { name: 'Choose a folder' }).click()
  await shoot(fresh, '02-choose-folder')
  await fresh.keyboard.press('Escape')
  await fresh.getByRole('button', { name: 'Try with sample photos' }).click()
  await shoot(fresh, '03-adding-samples')
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
  await page.getByRole('button', { name: /^(Could not be read|Unread or damaged)/ }).click()
  await shoot(page, '14-failed')
  await page.getByRole('button', { name: /^All photos/ }).click()
  // While the host is stopped, it does not restart the engine.
  process.kill(served.hostPid, 'SIGSTOP')
  process.kill(served.enginePid, 'SIGKILL')
  await page.getByText('restarting its engine').waitFor()
  await shoot(page, '15-restarting')
  process.kill(served.hostPid, 'SIGCONT')
  await page.context().close()
  await served.stop()

  await photographLearning()
  await photographRefusal()

  async function photographLearning(): Promise<void> {
    const libraryDir = join(folder, `labelled-${suffix}`)
    await cp(labelled.libraryDir, libraryDir, { recursive: true })
    const served = await serveLibrary(libraryDir)
    const { page } = await openPage(browser, served.url, options)
    await tile(page, 0).waitFor()
    await page
      .locator('nav')
      .getByRole('button', { name: /^coffee/ })
      .click()
    await page.getByRole('region', { name: 'Suggestions' }).locator('img').first().waitFor()
    await shoot(page, '16-album')
    await tile(page, 0).click()
    await page.keyboard.press('a')
    await page.keyboard.type('s')
    await shoot(page, '17-add-to-album')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Ask me', exact: true }).click()
    await page.waitForTimeout(2500)
    await shoot(page, '18-ask-me')
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await page.getByText('Kindred has not learned from your albums yet').waitFor()
    await shoot(page, '19-nothing-learned')
    // The bundled version is too good on drawn pictures to be improved much.
    const version = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'poor' }) })
    await version.getByRole('button', { name: 'Use this one' }).click()
    await version.getByText('In use').waitFor()
    await page.getByRole('button', { name: 'Learn from my albums' }).click()
    await page.getByRole('img', { name: /MAP@R on held-out photos went from/ }).waitFor()
    await shoot(page, '20-learning')
    await page.getByText('In use because it measured better').waitFor({ timeout: 900_000 })
    await shoot(page, '21-report')
    await page.getByText('Details', { exact: true }).click()
    await page.getByRole('img', { name: /^Map of/ }).scrollIntoViewIfNeeded()
    await shoot(page, '22-report-map')
    await page.context().close()
    await served.stop()
  }

  async function photographRefusal(): Promise<void> {
    const libraryDir = join(folder, `mixed-${suffix}`)
    await cp(`${labelled.libraryDir}-mixed`, libraryDir, { recursive: true })
    const served = await serveLibrary(libraryDir)
    const { page } = await openPage(browser, served.url, options)
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await page.getByRole('button', { name: 'Learn from my albums' }).click()
    await page.getByText('Kept aside').first().waitFor({ timeout: 900_000 })
    await shoot(page, '23-refused')
    await page.context().close()
    await served.stop()
  }
}

/** A few files that have names of photos but are none. */
async function addFailures(photos: string): Promise<void> {
  await writeFile(join(photos, 'notes from the trip.jpg'), 'Dear diary, it rained.')
  await writeFile(join(photos, 'empty.png'), '')
  const { data } = await drawSample({ kind: 'coffee', seed: 'cut', longEdge: 500 })
  await writeFile(join(photos, 'cut off.jpg'), data.subarray(0, data.length / 2))
}
