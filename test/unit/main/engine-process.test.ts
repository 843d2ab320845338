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

function engineProcess(behaviour: string, options: Partial<EngineProcessOptions> = {}) {
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

describe('engine process', () => {
  test('becomes ready, passes messages on, and ends when closed', async () => {
    const { engine, states, messages, gone, lines } = engineProcess('good')
    expect(engine.send({ type: 'early' })).toBe(false)
    engine.start()
    await expect(engine.ready()).resolves.toBe(true)
    expect(engine.media).toEqual({ origin: 'http://127.0.0.1:9', token: '0123456789abcdef0123' })
    expect(messages).toEqual([{ type: 'hello', version: '1' }])
    expect(engine.send({ type: 'call' })).toBe(true)
    await vi.waitFor(() => expect(messages[1]).toMatchObject({ type: 'echo', message: { type: 'call' } }))
    await vi.waitFor(() => expect(lines).toContain('started'))
    await engine.close()
    expect(states).toEqual(['starting', 'ready', 'closing', 'closed'])
    expect(gone).toHaveBeenCalledTimes(1)
    expect(engine.media).toBeUndefined()
    expect(engine.send({ type: 'late' })).toBe(false)
    await expect(engine.ready()).resolves.toBe(false)
  })

  test('reports a crash at once and restarts', async () => {
    const { engine, states, gone } = engineProcess('good', {
      policy: { ...quick, firstDelay: 200, longestDelay: 200 },
    })
    engine.start()
    await engine.ready()
    const before = engine.pid
    engine.send({ type: 'die' })
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1), { interval: 5 })
    expect(engine.state).toBe('waiting')
    await expect(engine.ready()).resolves.toBe(true)
    expect(engine.pid).not.toBe(before)
    expect(states).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready'])
  })

  test('gives up after too many ends, and starts again on request', async () => {
    const { engine, states, gone } = engineProcess('crash')
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(states).toEqual(['starting', 'waiting', 'starting', 'waiting', 'starting', 'failed'])
    expect(gone).toHaveBeenCalledTimes(3)
    states.length = 0
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(states.at(-1)).toBe('failed')
  })

  test('does not restart after a lasting reason, and keeps the reason', async () => {
    const { engine, states } = engineProcess('refuse')
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(states).toEqual(['starting', 'failed'])
    expect(engine.reason).toEqual({ code: 'library-in-use', message: 'In use.' })
  })

  test('repairs the library on request, once', async () => {
    const { engine } = engineProcess('damaged')
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(engine.reason).toMatchObject({ code: 'library-damaged' })
    expect(engine.repaired).toBeUndefined()
    engine.start(true)
    await expect(engine.ready()).resolves.toBe(true)
    expect(engine.repaired).toBe('All is back.')
    engine.send({ type: 'die' })
    await vi.waitFor(() => expect(engine.state).toBe('failed'))
  })

  test('counts a missing binary as an end', async () => {
    const { engine } = engineProcess('good', {
      command: { node: '/nowhere/node', args: [], env: process.env },
    })
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(engine.state).toBe('failed')
  })

  test('closes within a bounded time even if the process ignores it', async () => {
    const { engine, lines } = engineProcess('stubborn', { grace: 100 })
    engine.start()
    await engine.ready()
    const begun = performance.now()
    await engine.close()
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(lines.join('\n')).toContain('killed')
  })

  test('kills a process that never becomes ready', async () => {
    const { engine, states } = engineProcess('silent', { patience: 300, policy: { ...quick, limit: 1 } })
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(states).toEqual(['starting', 'failed'])
  })

  test('rejects a media address on another machine', async () => {
    const { engine } = engineProcess('elsewhere', { patience: 300, policy: { ...quick, limit: 1 } })
    engine.start()
    await expect(engine.ready()).resolves.toBe(false)
    expect(engine.media).toBeUndefined()
  })

  test('closes while it waits for a restart', async () => {
    const { engine } = engineProcess('crash', {
      policy: { ...quick, firstDelay: 10_000, longestDelay: 10_000 },
    })
    engine.start()
    await vi.waitFor(() => expect(engine.state).toBe('waiting'))
    await engine.close()
    expect(engine.state).toBe('closed')
    await expect(engine.ready()).resolves.toBe(false)
  })

  test('can be closed before it was started, and twice', async () => {
    const { engine } = engineProcess('good')
    expect(engine.close()).toBe(engine.close())
    await engine.close()
    engine.start()
    expect(engine.state).toBe('closed')
  })
})
