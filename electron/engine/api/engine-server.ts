/** @file The engine behind the contract: what every interactive host serves. */
import type { Handlers } from '../../shared/contract.ts'
import type { ServerChannel } from '../../shared/rpc.ts'
import type { Logger } from '../runtime/log.ts'
import { kindredVersion } from '../runtime/version.ts'
import { EngineEvents } from './events.ts'
import { createHandlers } from './handlers.ts'
import { serveMedia, type MediaResponse } from './media.ts'
import { serveChannel } from './rpc-server.ts'
import type { Services } from './services.ts'
import { Uploads } from './uploads.ts'

/** Serves an open library over any number of channels. */
export class EngineServer {
  readonly services: Services
  readonly #handlers: Handlers
  readonly #events: EngineEvents
  readonly #uploads: Uploads
  readonly #log: Logger
  readonly #closeEngine: () => Promise<void>

  /** @param closeEngine closes the services when the server closes */
  constructor(services: Services, log: Logger, closeEngine: () => Promise<void>) {
    this.services = services
    this.#log = log
    this.#closeEngine = closeEngine
    this.#uploads = new Uploads(services.model.card.input.size)
    this.#events = new EngineEvents(services, log)
    const handlers = createHandlers(services, this.#uploads, this.#events)
    this.#handlers = recordingActivity(handlers, () => services.autoTrainer.recordActivity())
  }

  /** Serves the contract's methods over a channel until it closes. */
  serve(channel: ServerChannel): void {
    serveChannel(channel, {
      handlers: this.#handlers,
      events: this.#events,
      version: kindredVersion(),
      log: this.#log,
    })
  }

  /** @param signal aborted when the request is given up */
  media(pathAndQuery: string, signal?: AbortSignal): Promise<MediaResponse> {
    return serveMedia(this.services, this.#uploads, pathAndQuery, signal)
  }

  /** Keeps an external image for searches and returns its token. */
  upload(bytes: Buffer<ArrayBuffer>): Promise<string> {
    return this.#uploads.add(bytes)
  }

  async close(): Promise<void> {
    this.#events.close()
    this.#uploads.close()
    await this.#closeEngine()
  }
}

/** Every call is activity: a running training makes room for it, and none starts by itself meanwhile. */
function recordingActivity(handlers: Handlers, record: () => void): Handlers {
  const recording = Object.entries(handlers).map(([method, handler]) => [
    method,
    (...call: Parameters<typeof handler>) => {
      record()
      return (handler as (...call: unknown[]) => unknown)(...call)
    },
  ])
  return Object.fromEntries(recording) as Handlers
}
