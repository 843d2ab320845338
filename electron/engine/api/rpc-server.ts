import { z } from 'zod'
import {
  contract,
  eventNames,
  type EventName,
  type Handlers,
  type MethodName,
} from '../../shared/contract.ts'
import { asKindredError, KindredError, toPlainError } from '../../shared/errors.ts'
import type { ServerChannel } from '../../shared/rpc.ts'
import { inBackground } from '../runtime/background.ts'
import type { Logger } from '../runtime/log.ts'
import type { EngineEvents } from './events.ts'

const id = z.int().nonnegative()
const event = z.enum(eventNames)

/** Messages that a client may send. Any other is rejected with an error or, without a call id, dropped. */
const messageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id, method: z.string().max(64), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id }),
  z.strictObject({ type: z.literal('subscribe'), event }),
  z.strictObject({ type: z.literal('unsubscribe'), event }),
])

/** Characters of the reason why a call is refused. */
const LONGEST_REASON = 1000

/** Calls that one client may have under way; further ones are rejected. */
const CALLS_AT_ONCE = 256

export interface RpcServerOptions {
  readonly handlers: Handlers
  readonly events: EngineEvents
  readonly version: string
  readonly log: Logger
}

/** Serves the contract over one channel until it closes. Whatever arrives, every response is well-formed. */
export function serveChannel(channel: ServerChannel, options: RpcServerOptions): void {
  const { handlers, events, version, log } = options
  const calls = new Map<number, AbortController>()
  const subscribed = new Set<EventName>()
  let sequence = 0
  let open = true

  const tell = <E extends EventName>(name: E, snapshot: ReturnType<typeof events.snapshot<E>>): void => {
    const message = { type: 'event', event: name, sequence: sequence++, snapshot }
    if (open && subscribed.has(name)) channel.send(message as Parameters<typeof channel.send>[0])
  }

  const answer = (call: number, error: unknown): void => {
    const known = asKindredError(error)
    if (known.code === 'internal') log('error', known.message, { stack: known.stack ?? '' })
    if (open) channel.send({ type: 'err', id: call, error: toPlainError(known) })
  }

  const run = async (call: number, method: string, input: unknown): Promise<void> => {
    if (calls.has(call) || calls.size >= CALLS_AT_ONCE) {
      answer(call, new KindredError('bad-argument', 'This call cannot be taken now.'))
      return
    }
    const controller = new AbortController()
    calls.set(call, controller)
    try {
      const output = await dispatch(handlers, method, input, controller.signal)
      if (open && calls.has(call)) channel.send({ type: 'ok', id: call, output })
    } catch (error) {
      if (calls.has(call)) answer(call, error)
    } finally {
      calls.delete(call)
    }
  }

  channel.onMessage(received => {
    const parsed = messageSchema.safeParse(received)
    if (!parsed.success) {
      const named = z.object({ id }).safeParse(received)
      if (named.success)
        answer(named.data.id, new KindredError('bad-argument', 'This message is not understood.'))
      return
    }
    const message = parsed.data
    if (message.type === 'call')
      inBackground(log, message.method, () => run(message.id, message.method, message.input))
    else if (message.type === 'cancel') {
      calls.get(message.id)?.abort()
      calls.delete(message.id)
    } else if (message.type === 'subscribe') {
      subscribed.add(message.event)
      inBackground(log, `Snapshot of ${message.event}`, () =>
        tell(message.event, events.snapshot(message.event)),
      )
    } else subscribed.delete(message.event)
  })
  const stop = events.listen(tell)
  channel.onClose(() => {
    open = false
    stop()
    for (const controller of calls.values()) controller.abort()
  })
  channel.send({ type: 'hello', version })
}

/** A hostile call could have thousands of faults, each of which would be named. */
const shortened = (text: string): string =>
  text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text

function dispatch(handlers: Handlers, method: string, input: unknown, signal: AbortSignal): unknown {
  if (!Object.hasOwn(contract, method)) throw new KindredError('bad-argument', 'There is no such method.')
  const name = method as MethodName
  const parsed = contract[name].input.safeParse(input ?? {})
  if (!parsed.success) throw new KindredError('bad-argument', shortened(z.prettifyError(parsed.error)))
  const handler = handlers[name] as (value: unknown, signal: AbortSignal) => unknown
  return handler(parsed.data, signal)
}
