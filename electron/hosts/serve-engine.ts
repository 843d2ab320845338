/**
 * @file The engine and its loopback host in a process of their own, started by `serve.ts`. A crash in native code ends
 * this process; the next one takes the same port and token, so that the page in the browser finds it again.
 */
import './thread-pool.ts'
import type { EngineServer } from '../engine/api/engine-server.ts'
import { openEngineServer } from '../engine/engine.ts'
import { asKindredError } from '../shared/errors.ts'
import type { WireError } from '../shared/rpc.ts'
import { machineDir, samplesDir } from './default-folders.ts'
import { startHttpHost } from './http.ts'

/** The one argument of the process, as JSON. */
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
  | { readonly type: 'failed'; readonly error: WireError }

const tell = (message: ServeEngineMessage): void => {
  if (process.connected) process.send?.(message)
}

try {
  const { libraryDir, resourcesDir, ...options } = JSON.parse(process.argv[2] ?? '{}') as ServeEngineOptions
  const library = {
    libraryDir,
    resourcesDir,
    samplesDir: samplesDir(process.env),
    machineDir: machineDir(process.env),
  }
  let opening!: Promise<EngineServer>
  await new Promise((resolve, reject) => {
    opening = openEngineServer({ ...library, onCatalogOpen: () => resolve(undefined) })
    opening.catch(reject)
  })
  // Browser and page start while the index is loaded.
  const host = await startHttpHost(opening, options)
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    void host
      .close()
      .then(() => opening)
      .then(service => service.close())
      .finally(() => process.exit())
  }
  // Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
  process.on('SIGINT', () => undefined)
  process.once('SIGTERM', stop).once('disconnect', stop)
  tell({ type: 'ready', port: host.port, url: host.url })
  await opening
} catch (error) {
  const { code, message } = asKindredError(error)
  tell({ type: 'failed', error: { code, message } })
  process.exitCode = 1
  // Disconnecting ends this process in the same way as a request to stop.
  if (process.connected) process.disconnect()
}
