import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import type { EngineServer } from '../../electron/engine/api/engine-server.ts'
import { openEngineServer } from '../../electron/engine/engine.ts'
import { startHttpHost } from '../../electron/hosts/http.ts'
import type { ControlMessage } from '../../electron/hosts/child.ts'
import type { ClientChannel, ClientMessage, ServerMessage } from '../../electron/shared/rpc.ts'

/** A library behind one of Kindred's transports. */
export interface Transport {
  readonly name: string
  /** Opens a new channel to the engine. */
  connect(): Promise<ClientChannel>
  /** Sends any value, which need not be a message. */
  sendRaw(channel: ClientChannel, message: unknown): void
  readonly media: { readonly origin: string; readonly token: string } | undefined
  /** The engine's process, where it has one of its own. */
  readonly process?: ChildProcess
  close(): Promise<void>
}

const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))

/** The engine in this process, its messages cloned as every other transport would. */
export async function inProcess(libraryDir: string, samplesDir?: string): Promise<Transport> {
  const service = await openEngineServer({ libraryDir, resourcesDir, samplesDir })
  return {
    name: 'in process',
    media: undefined,
    connect: () => connectInProcess(service),
    sendRaw: (channel, message) => channel.send(message as ClientMessage),
    close: () => service.close(),
  }
}

/** A channel to an engine of this process, its messages cloned as every other transport would. */
export function connectInProcess(service: Pick<EngineServer, 'serve'>): Promise<ClientChannel> {
  const toServer: ((message: unknown) => void)[] = []
  const toClient: ((message: ServerMessage) => void)[] = []
  const closed: (() => void)[] = []
  const held: ServerMessage[] = []
  const deliver = (message: ServerMessage): void => {
    if (toClient.length === 0) held.push(message)
    for (const listener of toClient) listener(message)
  }
  const close = (): void => closed.splice(0).forEach(listener => listener())
  service.serve({
    send: message => queueMicrotask(() => deliver(JSON.parse(JSON.stringify(message)) as ServerMessage)),
    onMessage: listener => toServer.push(listener),
    onClose: listener => closed.push(listener),
    close,
  })
  return Promise.resolve({
    send: message => toServer.forEach(listener => listener(message)),
    onMessage: listener => {
      toClient.push(listener)
      held.splice(0).forEach(listener)
    },
    onClose: listener => closed.push(listener),
    close,
  })
}

/** The engine as Electron runs it: a child process, messages over its IPC pipe. */
export async function childProcess(libraryDir: string, samplesDir = '', watch = false): Promise<Transport> {
  const file = fileURLToPath(new URL('../../electron/hosts/child.ts', import.meta.url))
  const env = {
    ...process.env,
    KINDRED_LIBRARY: libraryDir,
    KINDRED_RESOURCES: resourcesDir,
    KINDRED_SAMPLES: samplesDir,
    KINDRED_WATCH: watch ? '1' : '0',
  }
  const child = fork(file, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ready = await new Promise<Extract<ControlMessage, { type: 'ready' }>>((resolve, reject) => {
    child.on('message', (message: ControlMessage) => {
      if (message.type === 'ready') resolve(message)
      if (message.type === 'failed') reject(new Error(message.error.message))
    })
    child.once('exit', code => reject(new Error(`The engine ended with ${code ?? 'a signal'}`)))
  })
  return {
    name: 'child process',
    media: { origin: ready.mediaOrigin, token: ready.mediaToken },
    process: child,
    connect: () => Promise.resolve(ipcChannel(child)),
    sendRaw: (_, message) => child.send(message as object),
    close: async () => {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    },
  }
}

function ipcChannel(child: ChildProcess): ClientChannel {
  return {
    send: message => child.send(message),
    onMessage: listener => child.on('message', listener),
    onClose: listener => child.once('exit', listener),
    close: () => child.disconnect(),
  }
}

/** The engine behind the loopback host. */
export async function webSocket(libraryDir: string, samplesDir?: string): Promise<Transport> {
  const service = await openEngineServer({ libraryDir, resourcesDir, samplesDir })
  const host = await startHttpHost(service)
  const origin = `http://127.0.0.1:${host.port}`
  const sockets = new Map<ClientChannel, WebSocket>()
  return {
    name: 'WebSocket',
    media: { origin, token: host.token },
    connect: async () => {
      const { channel, socket } = await connectBySocket(origin, host.token)
      sockets.set(channel, socket)
      return channel
    },
    sendRaw: (channel, message) => {
      const socket = sockets.get(channel)!
      socket.send(
        message instanceof Uint8Array
          ? message
          : typeof message === 'string'
            ? message
            : JSON.stringify(message),
      )
    },
    close: async () => {
      await host.close()
      await service.close()
    },
  }
}

/** A channel to a served library, and the socket under it. */
export async function connectBySocket(
  origin: string,
  token: string,
): Promise<{ readonly channel: ClientChannel; readonly socket: WebSocket }> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc?token=${token}`, { origin })
  const channel: ClientChannel = {
    send: message => socket.send(JSON.stringify(message)),
    onMessage: listener =>
      socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString('utf8')) as ServerMessage)),
    onClose: listener => socket.once('close', listener),
    close: () => socket.close(),
  }
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return { channel, socket }
}

export const transports = [inProcess, childProcess, webSocket]
