import type { Page } from 'playwright-core'

const SEARCHES = 60
const FILTERINGS = 20
const HEAT_MAPS = 20
/** Milliseconds that somebody looks at a result before asking why it is one. */
const LOOKING = 2000

/**
 * Milliseconds from the press of the key to the frame after the first tile of the new results is in the page, thumbnails
 * aside; 60 times.
 */
export async function searchRepeatedly(page: Page): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < SEARCHES; i++) {
    await page.locator(`[data-index="${i % 9}"]`).click()
    times.push(
      await page.evaluate(async () => {
        const query = (): string => document.querySelector('.strip img')?.getAttribute('src') ?? ''
        const before = query()
        const started = performance.now()
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true }))
        while (query() === before || document.querySelectorAll('.score').length === 0)
          await new Promise(resolve => requestAnimationFrame(resolve))
        await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
        return performance.now() - started
      }),
    )
    await page.waitForTimeout(150)
  }
  return times
}

/**
 * Milliseconds from the press on a condition in the panel of filters, or on the × of its chip, to the frame after the
 * results have changed.
 */
export async function filterRepeatedly(page: Page): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < FILTERINGS; i++) {
    await page.keyboard.press('f')
    const condition = page.getByRole('checkbox', { name: i % 2 ? 'Portrait' : 'Landscape' })
    times.push(await millisUntilFiltered(condition))
    await page.keyboard.press('Escape')
    await page.waitForTimeout(150)
    times.push(await millisUntilFiltered(page.getByRole('button', { name: /^Remove the filter/ })))
    await page.waitForTimeout(150)
  }
  return times
}

/** Changed are which photos are in the page: a set of the same length may be another one. */
async function millisUntilFiltered(control: ReturnType<Page['locator']>): Promise<number> {
  return control.evaluate(async element => {
    const photos = (): string =>
      [...document.querySelectorAll('.photos [data-index] img')]
        .map(image => image.getAttribute('src'))
        .join()
    const before = photos()
    const started = performance.now()
    ;(element as HTMLElement).click()
    while (photos() === before) await new Promise(resolve => requestAnimationFrame(resolve))
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
    return performance.now() - started
  })
}

/** Milliseconds from choosing another result, while "why similar" is open, to the frame that shows both heat maps; the first one alone. */
export async function heatMaps(page: Page): Promise<{ readonly first: number; readonly later: number[] }> {
  await page.locator('[data-index="1"]').click()
  await page.keyboard.press('i')
  await page.waitForTimeout(LOOKING)
  const first = await page.getByRole('button', { name: 'Why similar' }).evaluate(async button => {
    const started = performance.now()
    ;(button as HTMLElement).click()
    while (document.querySelectorAll('.why canvas').length < 2)
      await new Promise(resolve => requestAnimationFrame(resolve))
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
    return performance.now() - started
  })
  const later: number[] = []
  for (let i = 0; i < HEAT_MAPS; i++) {
    later.push(
      await page.evaluate(async () => {
        const pictures = (): string =>
          [...document.querySelectorAll('.why img')].map(image => image.getAttribute('src')).join()
        const before = pictures()
        const started = performance.now()
        document.activeElement!.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }),
        )
        while (pictures() === before || document.querySelectorAll('.why canvas').length < 2)
          await new Promise(resolve => requestAnimationFrame(resolve))
        await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
        return performance.now() - started
      }),
    )
    await page.waitForTimeout(100)
  }
  await page.keyboard.press('i')
  return { first, later }
}
