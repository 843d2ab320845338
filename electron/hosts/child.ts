/**
 * @file The engine as a child of Electron's main process: the contract over process messages, pixels over loopback HTTP
 * whose secret only main knows. It ends with its parent.
 */
import './thread-pool.ts'
import { openEngineServer } from '../engine/engine.ts'
import { REPAIR } from '../shared/engine-environment.ts'
import { asKindredError } from '../shared/errors.ts'
import { asMachineState } from '../shared/machine-state.ts'
import type { ServerChannel, ServerMessage, WireError } from '../shared/rpc.ts'
import { defaultLibraryDir, machineDir, resourcesDir, samplesDir } from './default-folders.ts'
import { startHttpHost } from './http.ts'

/** What main is told about the start of its engine. */
export type ControlMessage =
  | { readonly type: 'ready'; readonly mediaOrigin: string; readonly mediaToken: string }
  | { readonly type: 'failed'; readonly error: WireError }

const tell = (message: ControlMessage | ServerMessage): void => {
  if (process.connected) process.send?.(message)
}

async function main(): Promise<void> {
  const libraryDir = defaultLibraryDir(process.env)
  const service = await openEngineServer({
    libraryDir,
    resourcesDir: resourcesDir(process.env),
    samplesDir: samplesDir(process.env),
    machineDir: machineDir(process.env),
    rescue: process.argv.includes(REPAIR),
  })
  const host = await startHttpHost(service)
  const stop = (): void => {
    void service.close().finally(() => process.exit(0))
  }
  process.once('SIGTERM', stop).once('disconnect', stop)
  service.serve(parentChannel())
  process.on('message', message => {
    const state = asMachineState(message)
    if (state) service.services.machine.report(state)
  })
  tell({ type: 'ready', mediaOrigin: `http://127.0.0.1:${host.port}`, mediaToken: host.token })
}

function parentChannel(): ServerChannel {
  return {
    send: tell,
    onMessage: listener => process.on('message', listener),
    onClose: listener => process.once('disconnect', listener),
    close: () => process.disconnect(),
  }
}

try {
  await main()
} catch (error) {
  const { code, message } = asKindredError(error)
  tell({ type: 'failed', error: { code, message } })
  process.exitCode = 1
}
