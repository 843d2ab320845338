import type { Handlers } from '../../shared/contract.ts'
import type { ServerChannel } from '../../shared/rpc.ts'
import { openEngine, type Engine, type EngineOptions } from '../engine.ts'
import { silentLog } from '../runtime/log.ts'
import { kindredVersion } from '../runtime/version.ts'
import { EngineEvents } from './events.ts'
import { createHandlers } from './handlers.ts'
import { serveMedia, type MediaAnswer } from './media.ts'
import { serveChannel } from './rpc-server.ts'
import { Uploads } from './uploads.ts'

/** A library that is open and answers over any number of channels: what every host with a face stands on. */
export class EngineService {
  readonly engine: Engine
  readonly #serve: (channel: ServerChannel) => void
  readonly #events: EngineEvents
  readonly #uploads: Uploads

  private constructor(engine: Engine, version: string, log: EngineOptions['log']) {
    this.engine = engine
    this.#uploads = new Uploads(engine.model.card.input.size)
    this.#events = new EngineEvents(engine)
    const handlers = noteUses(createHandlers(engine, this.#uploads, this.#events), engine)
    const options = { handlers, events: this.#events, version, log: log ?? silentLog }
    this.#serve = channel => serveChannel(channel, options)
  }

  /** Opens the library; imports that were cut off go on by themselves. */
  static async open(options: EngineOptions): Promise<EngineService> {
    const engine = await openEngine({ ...options, forWindow: true })
    engine.resumeInterrupted()
    engine.learning.start()
    engine.indexing.watch()
    engine.startMeasuring()
    return new EngineService(engine, kindredVersion(), options.log)
  }

  /** Answers the contract's calls over a channel until it closes. */
  serve(channel: ServerChannel): void {
    this.#serve(channel)
  }

  media(pathAndQuery: string): Promise<MediaAnswer> {
    return serveMedia(this.engine, this.#uploads, pathAndQuery)
  }

  /** Takes in an outside image and answers its token. */
  upload(bytes: Buffer<ArrayBuffer>): Promise<string> {
    return this.#uploads.add(bytes)
  }

  async close(): Promise<void> {
    this.#events.close()
    await this.engine.close()
  }
}

/** Whoever calls uses the library: learning makes room, and does not begin. */
function noteUses(handlers: Handlers, { learning }: Engine): Handlers {
  const noted = Object.entries(handlers).map(([method, handler]) => [
    method,
    (...call: Parameters<typeof handler>) => {
      learning.recordActivity()
      return (handler as (...call: unknown[]) => unknown)(...call)
    },
  ])
  return Object.fromEntries(noted) as Handlers
}
