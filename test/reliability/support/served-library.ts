import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mediaCookie } from '../../../electron/hosts/http-policy.ts'
import { cliFile } from '../../support/cli.ts'
import type { Secrets } from './hostile-requests.ts'

/** `kindred serve` in processes of its own. */
export interface ServedLibrary extends Secrets {
  readonly host: ChildProcess
  readonly enginePid: number
  /** What it has written on standard error so far. */
  errors(): string
  stop(): Promise<void>
}

/**
 * @param env added to the environment
 * @throws Error with what it says, when it does not start
 */
export async function startServe(
  libraryDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServedLibrary> {
  const args = [cliFile, 'serve', '--library', libraryDir, '--json']
  const host = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let errors = ''
  host.stderr.on('data', (data: Buffer) => (errors += data.toString('utf8')))
  const line = await new Promise<string>((resolve, reject) => {
    host.stdout.once('data', (data: Buffer) => resolve(data.toString('utf8')))
    host.once('exit', code => reject(new Error(`kindred serve ended with ${code ?? 'a signal'}: ${errors}`)))
  })
  const { url, enginePid } = JSON.parse(line) as { url: string; enginePid: number }
  const { port, hash } = new URL(url)
  const token = new URLSearchParams(hash.slice(1)).get('token')!
  return {
    host,
    enginePid,
    port: Number(port),
    token,
    cookie: mediaCookie(token, Number(port)).split(';')[0]!,
    errors: () => errors,
    stop: async () => {
      if (host.exitCode !== null || host.signalCode !== null) return
      const gone = new Promise(resolve => host.once('exit', resolve))
      host.kill('SIGTERM')
      await gone
    },
  }
}

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Memory of a process in MB; undefined where the system does not tell. */
export function memoryOf(pid: number): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}
