import './thread-pool.ts'
import { EngineService } from '../engine/api/service.ts'
import { asKindredError } from '../shared/errors.ts'
import { machineDir } from './default-folders.ts'
import { startHttpHost } from './http.ts'

/**
 * The engine and its loopback host in a process of their own, started by `serve.ts`. A crash in native code ends this
 * process; the next one takes the same port and token, so that the page in the browser finds it again.
 */
export interface ServeEngineOptions {
  readonly libraryDir: string
  readonly resourcesDir: string
  readonly rendererDir: string
  /** 0 takes a free one. */
  readonly port: number
  readonly token: string
}

export type ServeEngineMessage =
  | { readonly type: 'ready'; readonly port: number; readonly url: string }
  | { readonly type: 'failed'; readonly error: { code: string; message: string; nextStep: string } }

const tell = (message: ServeEngineMessage): void => {
  if (process.connected) process.send?.(message)
}

try {
  const { libraryDir, resourcesDir, ...options } = JSON.parse(process.argv[2] ?? '{}') as ServeEngineOptions
  const service = await EngineService.open({
    libraryDir,
    resourcesDir,
    machineDir: machineDir(process.env),
  })
  const host = await startHttpHost(service, options)
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    void host
      .close()
      .then(() => service.close())
      .finally(() => process.exit(0))
  }
  // Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
  process.on('SIGINT', () => undefined)
  process.once('SIGTERM', stop).once('disconnect', stop)
  tell({ type: 'ready', port: host.port, url: host.url })
} catch (error) {
  const { code, message, nextStep } = asKindredError(error)
  tell({ type: 'failed', error: { code, message, nextStep } })
  process.exitCode = 1
  process.disconnect()
}
