import { describe, expect, test } from 'vitest'
import { KindredError } from '../../../electron/shared/errors.ts'
import type { ClientChannel, ClientMessage, ServerMessage } from '../../../electron/shared/rpc.ts'
import { RpcClient, type ConnectionState } from '../../../electron/shared/rpc-client.ts'

/** The engine's end of a channel, driven by the test. */
class Line {
  readonly sent: ClientMessage[] = []
  closed = false
  #receive: (message: ServerMessage) => void = () => undefined
  #onClose: () => void = () => undefined

  readonly channel: ClientChannel = {
    send: message => this.sent.push(message),
    onMessage: listener => (this.#receive = listener),
    onClose: listener => (this.#onClose = listener),
    close: () => this.drop(),
  }

  say(message: ServerMessage): void {
    this.#receive(message)
  }

  drop(): void {
    this.closed = true
    this.#onClose()
  }
}

const tick = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 2))

/** A client whose connections succeed or fail as listed. */
function connected(count = 3) {
  const lines = Array.from({ length: count }, () => new Line())
  const left = [...lines]
  let attempts = 0
  const client = new RpcClient({
    connect: async () => {
      attempts++
      const line = left.shift()
      if (!line) throw new Error('nobody there')
      return line.channel
    },
    delay: () => 1,
  })
  return { client, lines, attempts: () => attempts }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof KindredError ? error.code : String(error)),
  )

describe('rpc client', () => {
  test('gives each call its own result, in whatever order they arrive', async () => {
    const { client, lines, attempts } = connected()
    const calls = [client.call('about', {}), client.call('photos.list', {}), client.call('settings.get', {})]
    await tick()
    const { sent } = lines[0]!
    expect(sent.map(message => message.type === 'call' && message.method)).toEqual([
      'about',
      'photos.list',
      'settings.get',
    ])
    const ids = sent.map(message => ('id' in message ? message.id : 0))
    expect(new Set(ids).size).toBe(3)
    for (const id of ids.toReversed()) lines[0]!.say({ type: 'ok', id, output: `answer ${id}` })
    expect(await Promise.all(calls)).toEqual(ids.map(id => `answer ${id}`))
    expect(attempts()).toBe(1)
    client.close()
  })

  test('passes the engine’s errors on with their codes, and ignores results of unknown calls', async () => {
    const { client, lines } = connected()
    const outcome = codeOf(client.call('about', {}))
    await tick()
    lines[0]!.say({ type: 'ok', id: 999, output: null })
    lines[0]!.say({ type: 'hello', version: '1' })
    lines[0]!.say({ type: 'err', id: 1, error: { code: 'disk-full', message: 'Full.' } })
    expect(await outcome).toBe('disk-full')
    client.close()
  })

  test('rejects pending calls when the connection is lost, and reconnects by itself', async () => {
    const { client, lines } = connected()
    const states: ConnectionState[] = []
    client.onState(state => states.push(state))
    const outcomes = [codeOf(client.call('about', {})), codeOf(client.call('photos.list', {}))]
    await tick()
    lines[0]!.drop()
    expect(await Promise.all(outcomes)).toEqual(['engine-gone', 'engine-gone'])
    await tick()
    expect(states).toEqual(['connecting', 'open', 'lost', 'open'])
    const call = client.call('about', {})
    await tick()
    expect(lines[1]!.sent).toHaveLength(1)
    lines[1]!.say({ type: 'ok', id: 3, output: 'there' })
    expect(await call).toBe('there')
    client.close()
  })

  test('retries until it is connected', async () => {
    const line = new Line()
    let attempts = 0
    const delays: number[] = []
    const client = new RpcClient({
      connect: async () => {
        if (++attempts < 5) throw new Error('not yet')
        return line.channel
      },
      delay: attempt => {
        delays.push(attempt)
        return 0
      },
    })
    const call = client.call('about', {})
    while (line.sent.length === 0) await tick()
    expect(delays).toEqual([0, 1, 2, 3])
    line.say({ type: 'ok', id: 1, output: 'at last' })
    expect(await call).toBe('at last')
    client.close()
  })

  test('subscribes once for all listeners, again after a loss, and unsubscribes with the last', async () => {
    const { client, lines } = connected()
    const heard: string[] = []
    const stops = ['a', 'b'].map(who => client.on('library', ({ photos }) => heard.push(`${who}${photos}`)))
    await tick()
    expect(lines[0]!.sent).toEqual([{ type: 'subscribe', event: 'library' }])
    const snapshot = (photos: number): ServerMessage => ({
      type: 'event',
      event: 'library',
      sequence: 1,
      snapshot: { photos, failed: 0, damaged: 0, generation: 0, folders: 0, away: [] },
    })
    lines[0]!.say(snapshot(1))
    stops[0]!()
    lines[0]!.say(snapshot(2))
    lines[0]!.drop()
    await tick()
    await tick()
    expect(lines[1]!.sent).toEqual([{ type: 'subscribe', event: 'library' }])
    lines[1]!.say(snapshot(3))
    stops[1]!()
    lines[1]!.say(snapshot(4))
    expect(heard).toEqual(['a1', 'b1', 'b2', 'b3'])
    expect(lines[1]!.sent.at(-1)).toEqual({ type: 'unsubscribe', event: 'library' })
    client.close()
  })

  test('cancels a call by its signal, and ignores a late result', async () => {
    const { client, lines } = connected()
    const stop = new AbortController()
    const outcome = codeOf(client.call('about', {}, stop.signal))
    await tick()
    stop.abort()
    expect(await outcome).toBe('cancelled')
    expect(lines[0]!.sent.at(-1)).toEqual({ type: 'cancel', id: 1 })
    lines[0]!.say({ type: 'ok', id: 1, output: 'late' })
    expect(await codeOf(client.call('about', {}, AbortSignal.abort()))).toBe('cancelled')
    expect(lines[0]!.sent.filter(({ type }) => type === 'call')).toHaveLength(1)
    client.close()
  })

  test('sends no cancellation for a finished call', async () => {
    const { client, lines } = connected()
    const stop = new AbortController()
    const call = client.call('about', {}, stop.signal)
    await tick()
    lines[0]!.say({ type: 'ok', id: 1, output: 'in time' })
    expect(await call).toBe('in time')
    stop.abort()
    expect(lines[0]!.sent).toHaveLength(1)
    client.close()
  })

  test('rejects all calls once it is closed, and connects no more', async () => {
    const { client, lines, attempts } = connected()
    const outcome = codeOf(client.call('about', {}))
    await tick()
    client.close()
    expect(await outcome).toBe('engine-gone')
    expect(lines[0]!.closed).toBe(true)
    expect(await codeOf(client.call('about', {}))).toBe('engine-gone')
    await tick()
    expect(attempts()).toBe(1)
  })

  test('sends no call whose signal was aborted while it was connecting', async () => {
    const line = new Line()
    const ready = Promise.withResolvers<ClientChannel>()
    const client = new RpcClient({ connect: () => ready.promise })
    const stop = new AbortController()
    const outcome = codeOf(client.call('about', {}, stop.signal))
    stop.abort()
    ready.resolve(line.channel)
    await tick()
    const { sent } = line
    client.close()
    expect(await outcome).toBe('cancelled')
    expect(sent).toEqual([])
  })

  test('closes a connection that opens after it was closed itself', async () => {
    const line = new Line()
    const ready = Promise.withResolvers<ClientChannel>()
    const client = new RpcClient({ connect: () => ready.promise })
    const outcome = codeOf(client.call('about', {}))
    client.close()
    ready.resolve(line.channel)
    await Promise.race([outcome, tick()])
    expect(line.closed).toBe(true)
  })

  test('gives up where the host refuses it, and says so', async () => {
    const states: ConnectionState[] = []
    let attempts = 0
    const client = new RpcClient({
      connect: () => {
        attempts++
        return Promise.reject(new KindredError('link-refused', 'This link opens nothing.'))
      },
      delay: () => 1,
    })
    client.onState(state => states.push(state))
    expect(await codeOf(client.call('about', {}))).toBe('link-refused')
    await tick()
    expect(await codeOf(client.call('about', {}))).toBe('engine-gone')
    expect([attempts, states]).toEqual([1, ['connecting', 'refused']])
  })
})
