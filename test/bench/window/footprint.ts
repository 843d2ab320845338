import { readFileSync } from 'node:fs'
import type { Browser, CDPSession, Page } from 'playwright-core'

const EARLY = 5
const LATE = 200

export interface Kept {
  readonly nodes: number
  readonly listeners: number
}

/** What the page keeps after 5 searches and Backs, and after 200. */
export async function keptBySearches(page: Page, devtools: CDPSession): Promise<{ early: Kept; late: Kept }> {
  await devtools.send('Performance.enable')
  const kept = async (): Promise<Kept> => {
    // Twice: what the first collection lets go may hold what the second one finds.
    for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage')
    const { metrics } = await devtools.send('Performance.getMetrics')
    const valueOf = (name: string): number => metrics.find(metric => metric.name === name)!.value
    return { nodes: valueOf('Nodes'), listeners: valueOf('JSEventListeners') }
  }
  await page.locator('[data-index="0"]').click()
  await searchAndGoBack(page, EARLY)
  const early = await kept()
  await searchAndGoBack(page, LATE - EARLY)
  return { early, late: await kept() }
}

async function searchAndGoBack(page: Page, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await page.keyboard.press('s')
    await page.locator('.score').first().waitFor()
    await page.keyboard.press('Alt+ArrowLeft')
    await page.locator('.score').first().waitFor({ state: 'detached' })
  }
}

/** MB of JavaScript that the page holds, and of all memory that its process has for itself (Chromium's "memory footprint"). */
export async function pageMegabytes(
  browser: Browser,
  devtools: CDPSession,
): Promise<{ script: number; process: number }> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => megabytes(id, 'RssAnon'))
  return { script: Math.round(usedSize / 2 ** 20), process: Math.max(...renderers) }
}

/** MB in RAM that a process has for itself, or with files that others may share. */
export function megabytes(pid: number, kind: 'RssAnon' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(new RegExp(`${kind}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024)
}
