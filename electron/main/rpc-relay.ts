import type { EventName } from '../shared/contract.ts'
import type { ClientMessage, ServerMessage } from '../shared/rpc.ts'

export interface RelayEnds {
  /** Returns whether the message was sent. */
  readonly toEngine: (message: ClientMessage) => boolean
  readonly toPage: (message: ServerMessage) => void
  /** The page's connection is lost. */
  readonly closePage: () => void
}

/**
 * Relays messages between the window's page and the engine. Either may outlive the other: a page is reloaded, an engine
 * restarted. To the engine all pages are one client, but each page counts its calls from 1. So calls are renumbered
 * here, and the pending calls of a page that has gone are cancelled: the next page must not get their results.
 */
export class RpcRelay {
  readonly #ends: RelayEnds
  /** The engine's id of a call → the page's. */
  readonly #pageIds = new Map<number, number>()
  readonly #engineIds = new Map<number, number>()
  readonly #subscribed = new Set<EventName>()
  #nextId = 1
  #open = false
  #hello: ServerMessage | undefined

  constructor(ends: RelayEnds) {
    this.#ends = ends
  }

  /** A page connects. There is only one: the previous page has gone. */
  openPage(): void {
    this.#leave()
    this.#open = true
    if (this.#hello) this.#ends.toPage(this.#hello)
  }

  pageGone(): void {
    this.#leave()
  }

  /** The engine has ended, and its pending calls with it. */
  engineGone(): void {
    this.#hello = undefined
    this.#forget()
    if (!this.#open) return
    this.#open = false
    this.#ends.closePage()
  }

  fromPage(value: unknown): void {
    const message = asClientMessage(value)
    if (!this.#open || !message) return
    switch (message.type) {
      case 'call': {
        const id = this.#nextId++
        this.#pageIds.set(id, message.id)
        this.#engineIds.set(message.id, id)
        if (!this.#ends.toEngine({ ...message, id })) this.engineGone()
        break
      }
      case 'cancel': {
        const id = this.#engineIds.get(message.id)
        if (id !== undefined) this.#ends.toEngine({ type: 'cancel', id })
        break
      }
      case 'subscribe':
        this.#subscribed.add(message.event)
        this.#ends.toEngine(message)
        break
      case 'unsubscribe':
        this.#subscribed.delete(message.event)
        this.#ends.toEngine(message)
        break
    }
  }

  fromEngine(value: object): void {
    const message = value as ServerMessage
    switch (message.type) {
      case 'hello':
        this.#hello = message
        if (this.#open) this.#ends.toPage(message)
        break
      case 'ok':
      case 'err': {
        const pageId = this.#pageIds.get(message.id)
        if (pageId === undefined) return
        this.#pageIds.delete(message.id)
        this.#engineIds.delete(pageId)
        if (this.#open) this.#ends.toPage({ ...message, id: pageId })
        break
      }
      case 'event':
        if (this.#open && this.#subscribed.has(message.event)) this.#ends.toPage(message)
        break
    }
  }

  #leave(): void {
    this.#open = false
    for (const id of this.#pageIds.keys()) this.#ends.toEngine({ type: 'cancel', id })
    for (const event of this.#subscribed) this.#ends.toEngine({ type: 'unsubscribe', event })
    this.#forget()
  }

  #forget(): void {
    this.#pageIds.clear()
    this.#engineIds.clear()
    this.#subscribed.clear()
  }
}

/** Not imported from the contract: that would bundle all its schemas into main. */
const events: Readonly<Record<EventName, true>> = {
  library: true,
  jobs: true,
  albums: true,
  models: true,
  runtimes: true,
}

/** The message, rebuilt from its known fields, or undefined if it is malformed. The engine validates inputs itself. */
export function asClientMessage(value: unknown): ClientMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { type, id, method, input, event } = value as Record<string, unknown>
  if (type === 'subscribe' || type === 'unsubscribe')
    return typeof event === 'string' && Object.hasOwn(events, event)
      ? { type, event: event as EventName }
      : undefined
  if (!Number.isSafeInteger(id)) return undefined
  if (type === 'cancel') return { type, id: id as number }
  if (type === 'call' && typeof method === 'string') return { type, id: id as number, method, input }
  return undefined
}
