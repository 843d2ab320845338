import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { KindredError } from '../shared/errors.ts'
import { engineSettings } from '../shared/engine-environment.ts'
import { decideRestart, defaultRestartPolicy } from '../shared/restart-policy.ts'
import { codeFolder, rendererDir, resourcesDir } from './default-folders.ts'
import { ensurePage } from './page.ts'
import type { ServeEngineMessage, ServeEngineOptions } from './serve-engine.ts'

export interface ServeOptions {
  readonly libraryDir: string
  readonly port: number
  readonly json: boolean
  readonly quiet: boolean
  readonly onReady?: (url: string) => void
}

/**
 * Serves the interface on loopback until the process is asked to end. The engine runs in a child process: when it
 * crashes, another one takes its place, and the page reconnects by itself.
 * @throws KindredError when the library cannot be opened, `page-missing`
 */
export async function serve({ libraryDir, port, json, quiet, onReady }: ServeOptions): Promise<void> {
  const token = randomBytes(24).toString('hex')
  const folders = {
    libraryDir,
    resourcesDir: resourcesDir(process.env),
    rendererDir: rendererDir(process.env),
  }
  await ensurePage(folders.rendererDir, line => {
    if (!quiet) process.stderr.write(`${line}\n`)
  })
  let engine = await startEngine({ ...folders, port, token })
  const { url } = engine
  let ends: readonly number[] = []
  const stopping = new AbortController()
  let restarting: Promise<void> | undefined
  const hopeless = Promise.withResolvers<never>()

  const watch = (): void => {
    let failure: KindredError | undefined
    engine.child.once('message', (message: ServeEngineMessage) => {
      if (message.type === 'failed') failure = errorOf(message)
    })
    engine.child.once('exit', (code, signal) => {
      if (stopping.signal.aborted) return
      // The page was served already, but the index could not be loaded.
      if (failure) {
        hopeless.reject(failure)
        return
      }
      const decision = decideRestart(ends, Date.now(), defaultRestartPolicy)
      ends = decision.ends
      if (!quiet) process.stderr.write(`The engine ended unasked (${signal ?? code ?? ''}). Restarting it…\n`)
      if (decision.restart) restarting = restart(decision.delay)
      else giveUp()
    })
  }
  const restart = async (delay: number): Promise<void> => {
    await wait(delay)
    if (stopping.signal.aborted) return
    try {
      engine = await startEngine({ ...folders, port: engine.port, token }, stopping.signal)
      watch()
    } catch {
      giveUp()
    }
  }
  const giveUp = (): void => {
    if (stopping.signal.aborted) return
    process.stderr.write('The engine cannot be kept running. Run kindred doctor, then start Kindred again.\n')
    process.exit(1)
  }

  watch()
  if (json) process.stdout.write(`${JSON.stringify({ url, enginePid: engine.child.pid })}\n`)
  else if (!quiet) process.stdout.write(`Kindred is at ${url}\nPress Ctrl-C to end it.\n`)
  onReady?.(url)
  const asked = new Promise(resolve => process.once('SIGINT', resolve).once('SIGTERM', resolve))
  await Promise.race([asked, hopeless.promise])
  // The one that is being started must not outlive this process.
  stopping.abort()
  await restarting
  await stop(engine.child)
}

/** Milliseconds for closing the library before the engine is killed. */
const LONGEST_CLOSING = 10_000
/** Milliseconds that a killed engine is waited for. */
const LONGEST_DYING = 1000

interface RunningEngine {
  readonly child: ChildProcess
  readonly port: number
  readonly url: string
}

/**
 * @param signal ends it while it starts
 * @throws KindredError when the engine cannot start
 */
async function startEngine(options: ServeEngineOptions, signal?: AbortSignal): Promise<RunningEngine> {
  const file = fileURLToPath(new URL(`./serve-engine${extname(import.meta.url)}`, import.meta.url))
  const child = fork(file, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...engineSettings(process.env, codeFolder()) },
  })
  // It may end before it has read this: its exit reports that.
  child.send(options, () => undefined)
  return new Promise((resolve, reject) => {
    const end = (): boolean => child.kill()
    signal?.addEventListener('abort', end, { once: true })
    child.once('exit', () => reject(new KindredError('internal', 'The engine ended while it started.')))
    child.once('message', (message: ServeEngineMessage) => {
      child.removeAllListeners('exit')
      signal?.removeEventListener('abort', end)
      if (message.type === 'ready') resolve({ child, port: message.port, url: message.url })
      else reject(errorOf(message))
    })
  })
}

const errorOf = ({ error }: Extract<ServeEngineMessage, { type: 'failed' }>): KindredError =>
  new KindredError(error.code, error.message)

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  // What was acknowledged is on the disk: an engine that hangs loses nothing.
  const hanging = new AbortController()
  const late = wait(LONGEST_CLOSING, undefined, { signal: hanging.signal }).then(async () => {
    child.kill('SIGKILL')
    // Not even that ends a process at once whose disk does not respond.
    await wait(LONGEST_DYING)
    child.unref()
  })
  await Promise.race([gone, late])
  hanging.abort()
  await late.catch(() => undefined)
}
