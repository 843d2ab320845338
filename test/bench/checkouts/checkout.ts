import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { ImportResult, SimilarResult } from '../../../electron/shared/results.ts'
import type { ClientChannel, ServerMessage } from '../../../electron/shared/rpc.ts'
import { RpcClient } from '../../../electron/shared/rpc-client.ts'
import { cpuSeconds, start, TimedRun, type Command } from './processes.ts'

/** Number of photos that a search returns. */
const K = 20

/** A checkout of Kindred, used only through its command line and the contract: its modules may differ from these. */
export class Checkout {
  readonly #cli: string
  readonly #env: NodeJS.ProcessEnv

  /**
   * @param cacheDir keeps its compiled sources, apart from those of other checkouts
   * @throws Error when there is no checkout in the folder
   */
  constructor(folder: string, cacheDir: string) {
    this.#cli = join(folder, 'electron/hosts/cli.ts')
    if (!existsSync(this.#cli)) throw new Error(`${folder} is no checkout of Kindred.`)
    this.#env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(KINDRED|NODE)_/.test(name))),
      XDG_CACHE_HOME: cacheDir,
      // Otherwise the benchmark of runtimes would run during one of the measurements.
      KINDRED_CPU_ONLY: '1',
    }
  }

  /** Starts to import a folder of `count` photos into a library. */
  index(photos: string, count: number, library: string): TimedRun {
    return new TimedRun(this.#command(library, 'index', photos), this.#env, stdout => {
      const { added, failed } = JSON.parse(stdout) as ImportResult
      if (added !== count || failed.length > 0) throw new Error(`Imported ${added} of ${count} photos.`)
    })
  }

  /** Starts a search in a process of its own. */
  similar(image: string, library: string): TimedRun {
    const command = this.#command(library, 'similar', image, '-k', String(K))
    return new TimedRun(command, this.#env, stdout => {
      expectResults((JSON.parse(stdout) as SimilarResult).results.length)
    })
  }

  /** Starts `kindred serve` on a library and waits until it is ready. */
  async serve(library: string): Promise<RunningEngine> {
    const host = start(this.#command(library, 'serve'), this.#env, ['ignore', 'pipe', 'pipe'])
    const exited = new Promise<void>(resolve => host.once('exit', () => resolve()))
    let stderr = ''
    host.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const line = await new Promise<string>((resolve, reject) => {
      host.once('error', reject)
      host.stdout!.setEncoding('utf8').once('data', resolve)
      void exited.then(() => reject(new Error(`kindred serve ended while it started:\n${stderr}`)))
    })
    const { url, enginePid } = JSON.parse(line) as { url: string; enginePid: number }
    const channel = await openChannel(url)
    const lost = new Promise<never>((_, reject) => {
      channel.onClose(() => reject(new Error(`The engine was lost:\n${stderr}`)))
    })
    lost.catch(() => undefined)
    const client = new RpcClient({ connect: () => Promise.resolve(channel) })
    const { ids } = await Promise.race([client.call('photos.list', {}), lost])
    return {
      search: async (from, count) => {
        const started = performance.now()
        for (let n = from; n < from + count; n++) {
          const photo = ids[n % ids.length]!
          const call = client.call('similar.search', { examples: [{ photo }], k: K })
          expectResults((await Promise.race([call, lost])).ids.length)
        }
        return (performance.now() - started) / 1000
      },
      cpuSeconds: () => cpuSeconds(enginePid),
      stop: async () => {
        client.close()
        host.kill('SIGTERM')
        await exited
      },
    }
  }

  #command(library: string, name: string, ...args: string[]): Command {
    return [process.execPath, this.#cli, name, '--library', library, '--json', '--quiet', ...args]
  }
}

export interface RunningEngine {
  /** Searches by the photos of the library, one after the other. Returns the seconds taken. */
  search(from: number, count: number): Promise<number>
  /** Processor time of the engine so far. */
  cpuSeconds(): number
  stop(): Promise<void>
}

/** A checkout that finds fewer photos does less work, so its times don't count. */
function expectResults(count: number): void {
  if (count !== K) throw new Error(`A search returned ${count} photos instead of ${K}.`)
}

/** @param url the page's own, with the secret after the # */
async function openChannel(url: string): Promise<ClientChannel> {
  const { origin, host, hash } = new URL(url)
  const socket = new WebSocket(`ws://${host}/rpc?${hash.slice(1)}`, { origin })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return {
    send: message => socket.send(JSON.stringify(message)),
    onMessage: listener =>
      socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString('utf8')) as ServerMessage)),
    onClose: listener => socket.once('close', listener),
    close: () => socket.close(),
  }
}
