import { RpcClient } from '../../../electron/shared/rpc-client.ts'
import { childProcess, type Transport } from '../../support/transports.ts'

/** An engine in a process of its own, with a client. */
export class EngineProcess {
  readonly client: RpcClient
  readonly #transport: Transport

  private constructor(transport: Transport) {
    this.#transport = transport
    let connected = false
    this.client = new RpcClient({
      connect: () => {
        // A killed engine does not come back by itself.
        if (connected) return new Promise(() => undefined)
        connected = true
        return transport.connect()
      },
    })
  }

  /** @param options `watch`: it takes over what changes in the folders */
  static async start(libraryDir: string, { watch = false } = {}): Promise<EngineProcess> {
    return new EngineProcess(await childProcess(libraryDir, '', watch))
  }

  get isRunning(): boolean {
    const { exitCode, signalCode } = this.#process
    return exitCode === null && signalCode === null
  }

  /** Where pixels are served: an address below `/media/`, with the secret. */
  mediaUrl(path: string): string {
    const { origin, token } = this.#transport.media!
    return `${origin}/media/${path}${path.includes('?') ? '&' : '?'}token=${token}`
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  async kill(): Promise<void> {
    if (this.isRunning) {
      const gone = new Promise(resolve => this.#process.once('exit', resolve))
      this.signal('SIGKILL')
      await gone
    }
    this.client.close()
  }

  async close(): Promise<void> {
    this.client.close()
    if (this.isRunning) await this.#transport.close()
  }

  get #process(): NonNullable<Transport['process']> {
    return this.#transport.process!
  }
}
