import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { writeSamples } from '../../samples/samples.ts'
import { faultsOf } from '../support/accessible.ts'
import {
  buildRenderer,
  chromiumPath,
  launchBrowser,
  openPage,
  serveLibrary,
  type Served,
} from '../support/browser.ts'
import { addAlbums, resourcesDir } from '../support/made-library.ts'
import { emptyWindowStates, enter, leave, windowStates, type WindowStates } from './window-states.ts'

const KINDS = ['coffee', 'sailboats', 'leaves', 'balloons']
/** Enough to train on. */
const PER_KIND = 12
const LABELLED = 9

const themes = ['light', 'dark'] as const
/** A window, and the same zoomed to 200 %: light contrast is looked at again there in full runs only. */
const sizes = [
  { zoom: 100, width: 1280, height: 800, shownIn: themes },
  {
    zoom: 200,
    width: 640,
    height: 400,
    shownIn: process.env.KINDRED_FULL === '1' ? themes : themes.slice(1),
  },
]

describe.skipIf(!chromiumPath)('names, roles and contrast everywhere (skipped without Chromium)', () => {
  let browser: Browser
  let folder: string
  let photos: string
  let photo: number
  let filled: Served
  let empty: Served

  beforeAll(async () => {
    buildRenderer()
    folder = await mkdtemp(join(tmpdir(), 'kindred-accessible-'))
    photos = join(folder, 'photos')
    const libraryDir = join(folder, 'library')
    await writeSamples(photos, { perKind: PER_KIND, seed: 11, longEdge: 160, kinds: KINDS })
    await writeFile(join(photos, 'broken.jpg'), 'no photo')
    await addAlbums({ photos, libraryDir }, async ({ albums: { queries, commands }, models }) => {
      // What is taken out is suggested again.
      for (const { id } of queries.list()) commands.remove(id, queries.photosOf(id).slice(LABELLED))
      await models.train({ seed: 1, deep: false }).done
    })
    const engine = await openEngine({ libraryDir, resourcesDir })
    photo = engine.overview.photos()[0]!.id
    await engine.close()
    filled = await serveLibrary(libraryDir)
    empty = await serveLibrary(join(folder, 'empty'))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await filled.stop()
    await empty.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Looks at each state in both themes and sizes. Names and roles do not depend on the theme. */
  async function faultsIn(served: Served, states: WindowStates): Promise<string[]> {
    const { page, errors } = await openPage(browser, served.url)
    await page.getByRole('navigation').waitFor()
    const faults: string[] = []
    for (const { zoom, shownIn, ...size } of sizes) {
      await page.setViewportSize(size)
      for (const [name, state] of Object.entries(states)) {
        await enter(page, state)
        for (const colorScheme of shownIn) {
          await page.emulateMedia({ colorScheme })
          const found = await faultsOf(page, colorScheme === 'light' ? ['color-contrast'] : undefined)
          faults.push(...found.map(fault => `${name}, ${colorScheme}, ${zoom} %: ${fault}`))
        }
        await leave(page, state)
      }
    }
    await page.context().close()
    return [...faults, ...errors]
  }

  test('with photos', async () => {
    expect(await faultsIn(filled, windowStates({ photo, folder: join(photos, KINDS[0]!) }))).toEqual([])
  })

  test('without photos', async () => {
    expect(await faultsIn(empty, emptyWindowStates())).toEqual([])
  })
})
