import type { EventName, Events } from './contract.ts'
import type { PlainError } from './errors.ts'

/** Messages of the contract, as JSON. A transport carries them both ways, in order, and reports when it closes. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'subscribe'; readonly event: EventName }
  | { readonly type: 'unsubscribe'; readonly event: EventName }

export type ServerMessage =
  | { readonly type: 'hello'; readonly version: string }
  | { readonly type: 'ok'; readonly id: number; readonly output: unknown }
  | { readonly type: 'err'; readonly id: number; readonly error: PlainError }
  | {
      readonly [E in EventName]: {
        readonly type: 'event'
        readonly event: E
        readonly sequence: number
        readonly snapshot: Events[E]
      }
    }[EventName]

/** One end of a transport. */
export interface Channel<Out, In> {
  send(message: Out): void
  onMessage(listener: (message: In) => void): void
  onClose(listener: () => void): void
  close(): void
}

export type ClientChannel = Channel<ClientMessage, ServerMessage>
export type ServerChannel = Channel<ServerMessage, unknown>
