/**
 * @file The engine and its loopback host in a process of their own, started by `serve.ts`. A crash in native code ends
 * this process; the next one takes the same port and token, so that the page in the browser finds it again.
 */
import './thread-pool.ts'
import type { EngineServer } from '../engine/api/engine-server.ts'
import { surviveRejections } from '../shared/rejections.ts'
import type { PlainError } from '../shared/errors.ts'
import { machineDir, samplesDir, readsMetadata, watchesFolders } from './default-folders.ts'
import { logToStderr } from './engine-log.ts'
import { endWithParent, failToStart, tellParent } from './lifetime.ts'

/**
 * The first message to the process. The token in it must not stand in its command line, which every user of the machine
 * can read.
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
  | { readonly type: 'failed'; readonly error: PlainError }

const whenOpen = endWithParent()
const log = logToStderr('error')
surviveRejections(process, text => log('error', text))
// Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
process.on('SIGINT', () => undefined)
try {
  const { libraryDir, resourcesDir, ...options } = await new Promise<ServeEngineOptions>(resolve => {
    process.once('message', message => resolve(message as ServeEngineOptions))
  })
  // Loaded only now: loading takes a while, in which the parent may end, too.
  const { openEngineServer } = await import('../engine/engine.ts')
  const { startHttpHost } = await import('./http.ts')
  let opening!: Promise<EngineServer>
  await new Promise((resolve, reject) => {
    opening = openEngineServer({
      readMetadata: readsMetadata(process.env),
      libraryDir,
      resourcesDir,
      samplesDir: samplesDir(process.env),
      machineDir: machineDir(process.env),
      watch: watchesFolders(process.env),
      log,
      onCatalogOpen: () => resolve(undefined),
    })
    opening.catch(reject)
  })
  // Browser and page start while the index is loaded.
  const host = await startHttpHost(opening, { ...options, log })
  tellParent({ type: 'ready', port: host.port, url: host.url } satisfies ServeEngineMessage)
  const service = await opening
  whenOpen(async () => {
    await host.close()
    await service.close()
  })
} catch (error) {
  failToStart(error)
}
