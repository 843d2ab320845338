import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { openEngine } from '../../electron/engine/engine.ts'
import type { Language } from '../../electron/shared/languages.ts'
import { Random } from '../../electron/shared/random.ts'
import { drawSample, writeSamples } from '../../samples/samples.ts'
import { buildRenderer, launchBrowser, openPage, serveLibrary, type Served } from '../support/browser.ts'
import { makeLargeLibrary } from '../support/large-library.ts'
import { addAlbums, resourcesDir } from '../support/made-library.ts'
import { poorHead } from '../support/poor-head.ts'
import {
  emptyWindowStates,
  enter,
  leave,
  tile,
  windowStates,
  wordsOf,
  type WindowState,
  type WindowStates,
} from './window-states.ts'

/**
 * Photographs all states of the window into test/output/screenshots, in both themes and languages and in all sizes; only
 * some of them when told so: `npm run screenshots -- dark-1280 de-light-900 dark-200%`.
 */
const output = fileURLToPath(new URL('../output/screenshots', import.meta.url))
const sizes = {
  '640': { width: 640, height: 800 },
  '900': { width: 900, height: 600 },
  '1280': { width: 1280, height: 800 },
  '1920': { width: 1920, height: 1200 },
  '200%': { width: 640, height: 400, scale: 2 },
}
const themes = ['dark', 'light'] as const
const languages = ['en', 'de'] as const
const PER_KIND = 12
/** Photos of each kind that are labelled; the others are suggested. */
const LABELLED = 9
/** In milliseconds: thumbnails have arrived and what moves has come to rest. */
const SETTLED = 500

type Size = keyof typeof sizes
const setOf = (language: Language, theme: string, size: string): string =>
  `${language === 'de' ? 'de-' : ''}${theme}-${size}`
const wanted = process.argv.slice(2)
const isWanted = (set: string): boolean => wanted.length === 0 || wanted.includes(set)

const modelPage: WindowState = {
  address: '#/model',
  open: page => page.locator('main details').first().waitFor(),
}

await mkdir(output, { recursive: true })
buildRenderer()
const folder = await mkdtemp(join(tmpdir(), 'kindred-shots-'))
process.env.KINDRED_MACHINE = join(folder, 'machine')
const photos = join(folder, 'Photos')
const learned = join(folder, 'learned')
const refused = join(folder, 'refused')
const two = join(folder, 'two')
const many = join(folder, 'many')
const photo = await makeLibraries()
const browser = await launchBrowser()

for (const language of languages)
  for (const size of Object.keys(sizes) as Size[]) {
    const shown = themes.filter(theme => isWanted(setOf(language, theme, size)))
    if (shown.length > 0) await photograph(language, size, shown)
  }
await browser.close()
await rm(folder, { recursive: true, force: true })

/** A library that has learned from albums, one whose albums have nothing in common, one of two photos, one of very many. */
async function makeLibraries(): Promise<number> {
  await writeSamples(photos, { perKind: PER_KIND, seed: 11, longEdge: 640 })
  await writeFile(join(photos, 'notes from the trip.jpg'), 'Dear diary, it rained.')
  await writeFile(join(photos, 'empty.png'), '')
  const { data } = await drawSample({ kind: 'coffee', seed: 'cut', longEdge: 500 })
  await writeFile(join(photos, 'cut off.jpg'), data.subarray(0, data.length / 2))
  await addAlbums({ photos, libraryDir: learned }, ({ albums: { queries, commands } }) => {
    for (const { id } of queries.list()) commands.remove(id, queries.photosOf(id).slice(LABELLED))
  })
  await cp(learned, refused, { recursive: true })
  const poor = await poorHead()
  const training = { seed: 1, deep: false }
  const engine = await openEngine({ libraryDir: learned, resourcesDir })
  // The bundled version is too good on drawn pictures to be improved much.
  await engine.models.use(engine.models.import(poor).id).done
  await engine.models.train(training).done
  const first = engine.overview.photos()[0]!.id
  await engine.close()
  const mixed = await openEngine({ libraryDir: refused, resourcesDir })
  const { queries, commands } = mixed.albums
  const shuffled = new Random('mixed').shuffled(queries.list().flatMap(({ id }) => queries.photosOf(id)))
  for (const { id } of queries.list()) commands.delete(id)
  for (let i = 0; i < 5; i++) commands.create(`Mixture ${i + 1}`, shuffled.slice(10 * i, 10 * (i + 1)))
  await mixed.models.train(training).done
  await mixed.close()
  await writeSamples(join(folder, 'couple'), { perKind: 1, seed: 3, kinds: ['coffee', 'sailboats'] })
  const couple = await openEngine({ libraryDir: two, resourcesDir })
  await couple.library.import([join(folder, 'couple')])
  await couple.close()
  await makeLargeLibrary(join(folder, 'Archive'), many, 20_000)
  return first
}

async function photograph(
  language: Language,
  size: Size,
  shown: readonly (typeof themes)[number][],
): Promise<void> {
  const t = wordsOf(language)
  const shoot = async (page: Page, name: string): Promise<void> => {
    for (const theme of shown) {
      await page.emulateMedia({ colorScheme: theme })
      await page.waitForTimeout(SETTLED)
      await page.screenshot({ path: join(output, `${name}-${setOf(language, theme, size)}.png`) })
    }
  }
  const shootAll = async (page: Page, states: WindowStates): Promise<void> => {
    for (const [name, state] of Object.entries(states)) {
      await enter(page, state)
      await shoot(page, name)
      await leave(page, state)
    }
  }
  /** Serves a library for as long as the work takes. */
  const withPage = async (
    libraryDir: string,
    work: (page: Page, served: Served) => Promise<void>,
    watch = false,
  ): Promise<void> => {
    const served = await serveLibrary(libraryDir, photos, watch)
    const { page } = await openPage(browser, served.url, { ...sizes[size], language })
    await page
      .getByRole('button', { name: t('sidebar.settings') })
      .or(page.locator('header'))
      .first()
      .waitFor()
    await work(page, served)
    await page.context().close()
    await served.stop()
  }

  const fresh = join(folder, `fresh-${language}-${size}`)
  await withPage(fresh, async page => {
    await shootAll(page, emptyWindowStates(language))
    await enter(page, { address: '#/' })
    await page.getByRole('button', { name: t('first.samples') }).click()
    await tile(page, 0).waitFor()
    await shoot(page, 'adding photos')
  })
  for (const [name, libraryDir] of Object.entries({ 'library of two': two, 'library of 20,000': many }))
    await withPage(libraryDir, page =>
      shootAll(page, { [name]: { address: '#/', open: p => tile(p, 0).waitFor() } }),
    )
  await withPage(refused, page => shootAll(page, { 'report refused': modelPage }))
  await withPage(learned, async page => {
    await tile(page, 0).waitFor()
    await shootAll(page, {
      ...windowStates({ language, photo, folder: join(photos, 'coffee') }),
      ...furtherStates(t),
    })
  })
  await withPage(
    learned,
    async (page, served) => {
      await tile(page, 0).waitFor()
      await rename(photos, `${photos} unplugged`)
      await page.locator('.drive').first().waitFor()
      await shoot(page, 'folder unplugged')
      await rename(`${photos} unplugged`, photos)
      await page.locator('.drive').first().waitFor({ state: 'detached' })
      // While the host is stopped, it does not restart the engine.
      process.kill(served.hostPid, 'SIGSTOP')
      process.kill(served.enginePid, 'SIGKILL')
      await page.getByText(t('connection.lost')).waitFor()
      await shoot(page, 'engine restarting')
      process.kill(served.hostPid, 'SIGCONT')
    },
    true,
  )
}

/** States that cost too much for every test. */
function furtherStates(t: (key: string) => string): WindowStates {
  return {
    'outside image': {
      address: '#/',
      open: async page => {
        const { data } = await drawSample({ kind: 'jellyfish', seed: 'outside', longEdge: 600 })
        await page.evaluate(
          bytes => {
            const clipboardData = new DataTransfer()
            clipboardData.items.add(
              new File([new Uint8Array(bytes)], 'jellyfish.jpg', { type: 'image/jpeg' }),
            )
            const options = { bubbles: true, cancelable: true, clipboardData }
            document.body.dispatchEvent(new ClipboardEvent('paste', options))
          },
          [...data],
        )
        await page.locator('.score').first().waitFor()
      },
    },
    'learning from albums': {
      address: '#/model',
      open: async page => {
        await page.getByRole('button', { name: t('model.train') }).click()
        await page.locator('.learn [role=img]').first().waitFor()
      },
      close: async page => {
        await page
          .locator('.learn')
          .getByRole('button', { name: t('jobs.cancel'), exact: true })
          .click()
        await page.getByRole('button', { name: t('model.train') }).waitFor()
      },
    },
  }
}
