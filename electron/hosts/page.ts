import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { KindredError } from '../shared/errors.ts'
import { rendererDir } from './default-folders.ts'

const sources = fileURLToPath(new URL('../../renderer', import.meta.url))
const isBuilt = (folder: string): boolean => existsSync(join(folder, 'index.html'))

/**
 * Makes sure that the page is there: in a checkout that was never built, it is built now.
 * @param folder where the page is looked for
 * @param say is told before the build, which takes seconds
 * @param usual the only place that the build may fill
 * @throws KindredError `page-missing`
 */
export async function ensurePage(
  folder: string,
  say: (line: string) => void,
  usual: string = rendererDir({}),
): Promise<void> {
  if (isBuilt(folder)) return
  const missing = (cause?: unknown): KindredError =>
    new KindredError('page-missing', `The page of Kindred is not in ${folder}.`, { cause })
  const vite = viteProgram()
  if (!vite || folder !== usual) throw missing()
  say('The page of Kindred is built first, which takes a moment…')
  // Another process may build it, too: the first that is done puts its own in place.
  const unfinished = `${folder}.${process.pid}`
  try {
    const args = [vite, 'build', sources, '--outDir', unfinished, '--emptyOutDir', '--logLevel', 'error']
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } })
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!isBuilt(folder)) throw missing(error)
  }
}

/** The program that builds the page, where this is a checkout with its tools. */
function viteProgram(): string | undefined {
  if (!existsSync(join(sources, 'vite.config.ts'))) return undefined
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  } catch {
    return undefined
  }
}
