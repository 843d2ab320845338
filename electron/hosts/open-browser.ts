import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Opens an address that holds a secret in the user's browser. Every user of the machine can read the command lines of all
 * processes, so the browser is given a file that only this user can read, which leads on to the address.
 */
export function openBrowser(url: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'kindred.html')
  writeFileSync(file, redirection(url), { mode: 0o600 })
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open']
  spawn(command, [...args, pathToFileURL(file).href], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}

/** @param url of the loopback host: it has no characters that HTML gives a meaning */
const redirection = (url: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Kindred</title><meta http-equiv="refresh" content="0;url=${url}">\n`
