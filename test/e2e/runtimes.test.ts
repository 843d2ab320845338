import { AxeBuilder } from '@axe-core/playwright'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  buildRenderer,
  chromiumPath,
  launchBrowser,
  openPage,
  serveLibrary,
  type Served,
} from '../support/browser.ts'

const WAIT = { timeout: 120_000 }

describe.skipIf(!chromiumPath)('runtime settings in Chromium', () => {
  let browser: Browser
  let folder: string
  let served: Served

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindred-speed-'))
    vi.stubEnv('KINDRED_CPU_ONLY', '')
    vi.stubEnv('KINDRED_MACHINE', join(folder, 'machine'))
    buildRenderer()
    browser = await launchBrowser()
    served = await serveLibrary(join(folder, 'library'))
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await browser.close()
    await served.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('measure the runtimes by a key, and show the result from then on', async () => {
    const { page, errors } = await openPage(browser, served.url)
    await page.keyboard.press('Control+,')
    await page.getByRole('button', { name: 'Measure now' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Measuring…').waitFor()
    const table = page.getByRole('table', { name: 'Speed of this computer' })
    await table.waitFor(WAIT)
    expect(await table.getByRole('row', { name: /^Processor \d/ }).textContent()).toMatch(/In use|Works/)
    expect(await table.getByText('In use').count()).toBe(1)
    await page.getByText('Measured on').waitFor(WAIT)

    for (const theme of ['dark', 'light'] as const) {
      const { page: next } = await openPage(browser, served.url, { theme })
      await next.keyboard.press('Control+,')
      await next.getByRole('button', { name: 'Measure again' }).waitFor()
      const { violations } = await new AxeBuilder({ page: next }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
      await next.context().close()
    }
    expect(errors).toEqual([])
    await page.context().close()
  })
})
