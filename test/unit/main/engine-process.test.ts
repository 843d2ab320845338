import { afterEach, describe, expect, test, vi } from 'vitest'
import { fileURLToPath } from 'node:url'
import {
  EngineProcess,
  type EngineProcessOptions,
  type EngineState,
} from '../../../electron/main/engine-process.ts'

const script = fileURLToPath(new URL('../../support/workers/fake-engine.mjs', import.meta.url))
const quick = { limit: 3, window: 60_000, firstDelay: 5, longestDelay: 20 }
const started: EngineProcess[] = []

function engine(behaviour: string, options: Partial<EngineProcessOptions> = {}) {
  const states: EngineState[] = []
  const messages: object[] = []
  const gone = vi.fn()
  const lines: string[] = []
  const process_ = new EngineProcess({
    command: { node: process.execPath, args: [script, behaviour], env: process.env },
    policy: quick,
    onState: state => states.push(state),
    onMessage: message => messages.push(message),
    onGone: gone,
    onLog: line => lines.push(line),
    ...options,
  })
  started.push(process_)
  return { engine: process_, states, messages, gone, lines }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(one => one.close()))
})

describe('the life of the engine process', () => {
  test('becomes ready, carries messages, and ends when asked', async () => {
    const { engine: it, states, messages, gone, lines } = engine('good')
    expect(it.send({ type: 'early' })).toBe(false)
    it.start()
    await expect(it.ready()).resolves.toBe(true)
    expect(it.media).toEqual({ origin: 'http://127.0.0.1:9', token: '0123456789abcdef0123' })
    expect(messages).toEqual([{ type: 'hello', version: '1' }])
    expect(it.send({ type: 'call' })).toBe(true)
    await vi.waitFor(() => expect(messages[1]).toMatchObject({ type: 'echo', message: { type: 'call' } }))
    await vi.waitFor(() => expect(lines).toContain('started'))
    await it.close()
    expect(states).toEqual(['starting', 'ready', 'closing', 'closed'])
    expect(gone).toHaveBeenCalledTimes(1)
    expect(it.media).toBeUndefined()
    expect(it.send({ type: 'late' })).toBe(false)
    await expect(it.ready()).resolves.toBe(false)
  })

  test('is told gone at once and started again after a crash', async () => {
    const {
      engine: it,
      states,
      gone,
    } = engine('good', { policy: { ...quick, firstDelay: 200, longestDelay: 200 } })
    it.start()
    await it.ready()
    const before = it.pid
    it.send({ type: 'die' })
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1), { interval: 5 })
    expect(it.state).toBe('waiting')
    await expect(it.ready()).resolves.toBe(true)
    expect(it.pid).not.toBe(before)
    expect(states).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready'])
  })

  test('gives up after too many ends, and tries again when asked', async () => {
    const { engine: it, states, gone } = engine('crash')
    it.start()
    await expect(it.ready()).resolves.toBe(false)
    expect(states).toEqual(['starting', 'waiting', 'starting', 'waiting', 'starting', 'failed'])
    expect(gone).toHaveBeenCalledTimes(3)
    states.length = 0
    it.start()
    await expect(it.ready()).resolves.toBe(false)
    expect(states.at(-1)).toBe('failed')
  })

  test('does not repeat what cannot work, and keeps the reason', async () => {
    const { engine: it, states } = engine('refuse')
    it.start()
    await expect(it.ready()).resolves.toBe(false)
    expect(states).toEqual(['starting', 'failed'])
    expect(it.reason).toEqual({ code: 'library-in-use', message: 'In use.', nextStep: 'Close it.' })
  })

  test('a binary that is not there counts as an end', async () => {
    const { engine: it } = engine('good', {
      command: { node: '/nowhere/node', args: [], env: process.env },
    })
    it.start()
    await expect(it.ready()).resolves.toBe(false)
    expect(it.state).toBe('failed')
  })

  test('closing takes a bounded time even when it does not listen', async () => {
    const { engine: it, lines } = engine('stubborn', { grace: 100 })
    it.start()
    await it.ready()
    const begun = performance.now()
    await it.close()
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(lines.join('\n')).toContain('killed')
  })

  test('one that never becomes ready is taken for dead', async () => {
    const { engine: it, states } = engine('silent', { patience: 300, policy: { ...quick, limit: 1 } })
    it.start()
    await expect(it.ready()).resolves.toBe(false)
    expect(states).toEqual(['starting', 'failed'])
  })

  test('media that do not lie on this machine are not believed', async () => {
    const { engine: it } = engine('elsewhere', { patience: 300, policy: { ...quick, limit: 1 } })
    it.start()
    await expect(it.ready()).resolves.toBe(false)
    expect(it.media).toBeUndefined()
  })

  test('closing while it waits to start again leaves nothing behind', async () => {
    const { engine: it } = engine('crash', { policy: { ...quick, firstDelay: 10_000, longestDelay: 10_000 } })
    it.start()
    await vi.waitFor(() => expect(it.state).toBe('waiting'))
    await it.close()
    expect(it.state).toBe('closed')
    await expect(it.ready()).resolves.toBe(false)
  })

  test('closing before it was started, and twice', async () => {
    const { engine: it } = engine('good')
    expect(it.close()).toBe(it.close())
    await it.close()
    it.start()
    expect(it.state).toBe('closed')
  })
})
