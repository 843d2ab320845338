import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DesktopBridge } from '../../electron/shared/desktop.ts'
import type { ServerMessage } from '../../electron/shared/rpc.ts'

const root = join(import.meta.dirname, '..', '..')
const require = createRequire(import.meta.url)
const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}
const binary =
  process.env.KINDRED_ELECTRON ??
  join(dirname(require.resolve('electron/package.json')), 'dist', names[process.platform] ?? 'electron')

/** Why Electron can't run here; undefined if it can. */
function obstacle(): string | undefined {
  if (!existsSync(binary)) return `Electron's binary is not there: ${binary}`
  for (const file of ['main/main.js', 'preload/preload.cjs', 'engine/child.js', 'renderer/index.html'])
    if (!existsSync(join(root, 'dist', file))) return `dist/${file} is not built: npm run build`
  return undefined
}

const reason = obstacle()
if (reason) console.log(`Electron is not tried: ${reason}`)

describe.skipIf(reason !== undefined)('desktop app in real Electron', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-electron-'))
  let app: ElectronApplication

  beforeAll(async () => {
    app = await _electron.launch({
      executablePath: binary,
      // As root, for example in a container, Chromium's sandbox does not work; the page's options stay as they are.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root],
      env: {
        ...(process.env as Record<string, string>),
        KINDRED_LIBRARY: join(folder, 'library'),
        XDG_CONFIG_HOME: join(folder, 'config'),
      },
    })
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('shows its own page, without Node in it', async () => {
    const page = await app.firstWindow()
    await page.waitForLoadState('domcontentloaded')
    expect(page.url()).toMatch(/^app:\/\/kindred\//)
    const globals = 'typeof require + typeof process + typeof window.kindred'
    expect(await page.evaluate(globals)).toBe('undefinedundefinedobject')
  })

  test('reaches the engine', async () => {
    const page = await app.firstWindow()
    const answer = await page.evaluate(async () => {
      const { kindred } = globalThis as unknown as { kindred: DesktopBridge }
      const answered = Promise.withResolvers<ServerMessage>()
      kindred.rpc.onMessage(message => {
        if (message.type === 'ok' && message.id === 900_001) answered.resolve(message)
      })
      await kindred.rpc.open()
      kindred.rpc.send({ type: 'call', id: 900_001, method: 'library.status', input: {} })
      return answered.promise
    })
    expect(answer).toMatchObject({ type: 'ok', output: { photos: 0 } })
  })

  test('navigates nowhere else and opens nothing', async () => {
    const page = await app.firstWindow()
    const opened = await page.evaluate('window.open("https://example.org/") === null')
    expect(opened).toBe(true)
    await page.evaluate('void (location.href = "https://example.org/")').catch(() => undefined)
    expect(page.url()).toMatch(/^app:\/\/kindred\//)
    expect(app.windows()).toHaveLength(1)
  })

  test('loads photos through their scheme', async () => {
    const page = await app.firstWindow()
    expect(await page.evaluate('fetch("photo://thumb/1?v=ab").then(answer => answer.status)')).toBe(404)
    expect(await page.evaluate('fetch("app://kindred/../package.json").then(answer => answer.status)')).toBe(
      404,
    )
  })
})
