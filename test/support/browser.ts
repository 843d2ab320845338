import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Language } from '../../electron/shared/languages.ts'
import { chromium, type Browser, type Page } from 'playwright-core'

/** Path of Chromium: from the variable CHROMIUM, or Debian's; undefined if there is none. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(path => path !== '' && existsSync(path))

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the interface from its present sources. */
export function buildRenderer(): void {
  const vite = `${root}node_modules/vite/bin/vite.js`
  const args = [vite, 'build', `${root}renderer`, '--logLevel', 'error']
  execFileSync(process.execPath, args, { env: viteEnv })
}

/** With the NODE_ENV of the tests this would be a development build. */
const viteEnv = { ...process.env, NODE_ENV: 'production' }

export interface Served {
  readonly url: string
  readonly enginePid: number
  readonly hostPid: number
  stop(): Promise<void>
}

/**
 * `kindred serve` on a library, started like a user does.
 * @param samplesDir sample photos to use instead of the build's
 * @param watch whether it takes over what changes in the folders
 */
export async function serveLibrary(libraryDir: string, samplesDir = '', watch = false): Promise<Served> {
  const args = [`${root}electron/hosts/cli.ts`, 'serve', '--library', libraryDir, '--json']
  const env = { ...process.env, KINDRED_SAMPLES: samplesDir, KINDRED_WATCH: watch ? '1' : '0' }
  const host: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  const line = await new Promise<string>((resolve, reject) => {
    host.stdout!.once('data', (data: Buffer) => resolve(data.toString('utf8')))
    host.once('exit', code => reject(new Error(`kindred serve ended with ${code ?? 'a signal'}`)))
  })
  const { url, enginePid } = JSON.parse(line) as { url: string; enginePid: number }
  return {
    url,
    enginePid,
    hostPid: host.pid!,
    stop: async () => {
      const gone = new Promise(resolve => host.once('exit', resolve))
      host.kill('SIGTERM')
      await gone
    },
  }
}

export const launchBrowser = (): Promise<Browser> =>
  // Chromium's sandbox does not work inside containers.
  chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', '--force-color-profile=srgb'] })

export interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'dark' | 'light'
  readonly language?: Language
  /** Pixels of the screen to one of the page. */
  readonly scale?: number
}

/** A page whose errors fail the test that reads them. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, height = 800, theme = 'dark', language = 'en', scale = 1 }: PageOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: { en: 'en-US', de: 'de-DE' }[language],
    deviceScaleFactor: scale,
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => {
    // The browser itself logs a connection that is refused while the engine restarts.
    if (
      message.type() === 'error' &&
      !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(message.text())
    )
      errors.push(message.text())
  })
  await page.goto(url)
  return { page, errors }
}
