/**
 * @file The engine as a child of Electron's main process: the contract over process messages, pixels over loopback HTTP
 * whose secret only main knows. It ends with its parent.
 */
import './thread-pool.ts'
import { REPAIR } from '../shared/engine-environment.ts'
import { asMachineState } from '../shared/machine-state.ts'
import { surviveRejections } from '../shared/rejections.ts'
import type { PlainError } from '../shared/errors.ts'
import type { ServerChannel, ServerMessage } from '../shared/rpc.ts'
import {
  defaultLibraryDir,
  machineDir,
  resourcesDir,
  samplesDir,
  readsMetadata,
  watchesFolders,
} from './default-folders.ts'
import { logToStderr } from './engine-log.ts'
import { endWithParent, failToStart, tellParent } from './lifetime.ts'

/** What main is told about the start of its engine. */
export type ControlMessage =
  | {
      readonly type: 'ready'
      readonly mediaOrigin: string
      readonly mediaToken: string
      /** What a repair of the library brought back, in words. */
      readonly repaired: string | null
    }
  | { readonly type: 'failed'; readonly error: PlainError }

const tell = (message: ControlMessage | ServerMessage): void => tellParent(message)

function parentChannel(): ServerChannel {
  return {
    send: tell,
    onMessage: listener => process.on('message', listener),
    onClose: listener => process.once('disconnect', listener),
    close: () => process.disconnect(),
  }
}

const whenOpen = endWithParent()
const log = logToStderr('info')
surviveRejections(process, text => log('error', text))
try {
  // Loaded only now: loading takes a while, in which the parent may end, too.
  const { openEngineServer } = await import('../engine/engine.ts')
  const { startHttpHost } = await import('./http.ts')
  const service = await openEngineServer({
    readMetadata: readsMetadata(process.env),
    libraryDir: defaultLibraryDir(process.env),
    resourcesDir: resourcesDir(process.env),
    samplesDir: samplesDir(process.env),
    machineDir: machineDir(process.env),
    rescue: process.argv.includes(REPAIR),
    watch: watchesFolders(process.env),
    log,
  })
  whenOpen(() => service.close())
  const host = await startHttpHost(service, { log })
  service.serve(parentChannel())
  process.on('message', message => {
    const state = asMachineState(message)
    if (state) service.services.machine.report(state)
  })
  const repaired = service.services.diagnostics.repaired ?? null
  tell({ type: 'ready', mediaOrigin: `http://127.0.0.1:${host.port}`, mediaToken: host.token, repaired })
} catch (error) {
  failToStart(error)
}
