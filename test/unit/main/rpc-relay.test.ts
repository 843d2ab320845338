import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asClientMessage, RpcRelay } from '../../../electron/main/rpc-relay.ts'
import type { ClientMessage, ServerMessage } from '../../../electron/shared/rpc.ts'

function relay() {
  const engine: ClientMessage[] = []
  const page: ServerMessage[] = []
  const end = { closed: 0, engineThere: true }
  const it = new RpcRelay({
    toEngine: message => {
      if (end.engineThere) engine.push(message)
      return end.engineThere
    },
    toPage: message => page.push(message),
    closePage: () => end.closed++,
  })
  return { relay: it, engine, page, end }
}

const call = (id: number, method = 'about') => ({ type: 'call', id, method, input: {} })

test('calls and their answers go through, under the page’s own numbers', () => {
  const { relay: it, engine, page } = relay()
  it.openPage()
  it.fromPage(call(7))
  it.fromPage(call(9))
  it.fromEngine({ type: 'ok', id: 2, output: 'second' })
  it.fromEngine({ type: 'ok', id: 1, output: 'first' })
  expect(engine.map(message => 'id' in message && message.id)).toEqual([1, 2])
  expect(page).toEqual([
    { type: 'ok', id: 9, output: 'second' },
    { type: 'ok', id: 7, output: 'first' },
  ])
})

test('a page that was reloaded never gets an answer meant for the one before', () => {
  const { relay: it, engine, page } = relay()
  it.openPage()
  it.fromPage(call(1, 'photos.list'))
  it.fromPage({ type: 'subscribe', event: 'jobs' })
  it.pageGone()
  expect(engine.slice(2)).toEqual([
    { type: 'cancel', id: 1 },
    { type: 'unsubscribe', event: 'jobs' },
  ])
  it.openPage()
  it.fromPage(call(1, 'about'))
  it.fromEngine({ type: 'ok', id: 1, output: 'photos' })
  it.fromEngine({ type: 'event', event: 'jobs', sequence: 1, snapshot: { jobs: [] } })
  it.fromEngine({ type: 'ok', id: 2, output: 'about' })
  expect(page).toEqual([{ type: 'ok', id: 1, output: 'about' }])
})

test('the greeting is kept for pages that come later, and forgotten with its engine', () => {
  const { relay: it, page } = relay()
  it.fromEngine({ type: 'hello', version: '1' })
  it.openPage()
  expect(page).toEqual([{ type: 'hello', version: '1' }])
  it.engineGone()
  it.openPage()
  expect(page).toHaveLength(1)
})

test('the end of the engine closes the page’s connection once, and nothing passes until it connects again', () => {
  const { relay: it, engine, end } = relay()
  it.openPage()
  it.fromPage(call(1))
  it.engineGone()
  it.engineGone()
  expect(end.closed).toBe(1)
  it.fromPage(call(2))
  expect(engine).toHaveLength(1)
  it.openPage()
  it.fromPage(call(3))
  expect(engine).toHaveLength(2)
})

test('a call that finds no engine is not left waiting', () => {
  const { relay: it, end } = relay()
  it.openPage()
  end.engineThere = false
  it.fromPage(call(1))
  expect(end.closed).toBe(1)
})

test('a call can be cancelled, one that is unknown not', () => {
  const { relay: it, engine } = relay()
  it.openPage()
  it.fromPage(call(40))
  it.fromPage({ type: 'cancel', id: 40 })
  it.fromPage({ type: 'cancel', id: 41 })
  expect(engine.slice(1)).toEqual([{ type: 'cancel', id: 1 }])
})

test('whatever a page sends, only messages of the contract come out', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ type: fc.constantFrom('call', 'event'), id: fc.anything() })),
      value => {
        const message = asClientMessage(value)
        if (message) expect(['call', 'cancel', 'subscribe', 'unsubscribe']).toContain(message.type)
      },
    ),
    { numRuns: 1_000 },
  )
  expect(asClientMessage({ type: 'subscribe', event: 'toString' })).toBeUndefined()
  expect(asClientMessage({ type: 'cancel', id: 1, more: true })).toEqual({ type: 'cancel', id: 1 })
})
