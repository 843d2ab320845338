import './thread-pool.ts'
import { EngineService } from '../engine/api/service.ts'
import { asKindredError } from '../shared/errors.ts'
import type { ServerChannel, ServerMessage } from '../shared/rpc.ts'
import { defaultLibraryDir, machineDir, resourcesDir, samplesDir } from './default-folders.ts'
import { startHttpHost } from './http.ts'

/**
 * The engine as a child of Electron's main process: the contract over process messages, the pixels over loopback HTTP
 * that only main knows the secret of. It ends with its parent.
 */
export type ControlMessage =
  | { readonly type: 'ready'; readonly mediaOrigin: string; readonly mediaToken: string }
  | { readonly type: 'failed'; readonly error: { code: string; message: string; nextStep: string } }

const tell = (message: ControlMessage | ServerMessage): void => {
  if (process.connected) process.send?.(message)
}

async function main(): Promise<void> {
  const libraryDir = defaultLibraryDir(process.env)
  const service = await EngineService.open({
    libraryDir,
    resourcesDir: resourcesDir(process.env),
    samplesDir: samplesDir(process.env),
    machineDir: machineDir(process.env),
  })
  const host = await startHttpHost(service)
  const stop = (): void => {
    void service.close().finally(() => process.exit(0))
  }
  process.once('SIGTERM', stop).once('disconnect', stop)
  service.serve(parentChannel())
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
  const { code, message, nextStep } = asKindredError(error)
  tell({ type: 'failed', error: { code, message, nextStep } })
  process.exitCode = 1
}
