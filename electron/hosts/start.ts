import './thread-pool.ts'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { asKindredError } from '../shared/errors.ts'
import { defaultLibraryDir } from './default-folders.ts'
import { openBrowser } from './open-browser.ts'
import { serve } from './serve.ts'
import { fail } from './session.ts'

/**
 * @file `npm start`: starts the desktop app if Electron is available and there is a display; otherwise serves the same
 * interface to your browser.
 */
const DOWNLOAD_MS = 60_000
const electronFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
const hasDisplay =
  process.platform !== 'linux' ||
  Boolean(process.env.DISPLAY ?? '') ||
  Boolean(process.env.WAYLAND_DISPLAY ?? '')

function electronBinary(): string | undefined {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

/** Electron's binary is not in its npm package: it is downloaded once, if the network allows it. */
function fetchElectron(): string | undefined {
  const options = { stdio: 'ignore', timeout: DOWNLOAD_MS } as const
  spawnSync(process.execPath, [join(electronFolder, 'install.js')], options)
  return electronBinary()
}

const binary = hasDisplay ? (electronBinary() ?? fetchElectron()) : undefined
if (binary) {
  const app = spawn(binary, [join(import.meta.dirname, '../..')], { stdio: 'inherit' })
  app.on('exit', code => (process.exitCode = code ?? 1))
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.kill(signal))
} else {
  const why = hasDisplay ? "Electron's binary could not be downloaded" : 'There is no display for a window'
  console.log(`${why}, so Kindred serves the same interface to your browser, on this machine only.`)
  const options = { libraryDir: defaultLibraryDir(process.env), port: 0, json: false, quiet: false }
  const onReady = (url: string): void => {
    if (hasDisplay) openBrowser(url)
  }
  await serve({ ...options, onReady }).catch((error: unknown) => fail(asKindredError(error)))
}
