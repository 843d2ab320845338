import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asClientMessage, RpcRelay } from '../../../electron/main/rpc-relay.ts'
import type { ClientMessage, ServerMessage } from '../../../electron/shared/rpc.ts'

function relayWithEnds() {
  const engine: ClientMessage[] = []
  const page: ServerMessage[] = []
  const end = { closed: 0, engineThere: true }
  const relay = new RpcRelay({
    toEngine: message => {
      if (end.engineThere) engine.push(message)
      return end.engineThere
    },
    toPage: message => page.push(message),
    closePage: () => end.closed++,
  })
  return { relay, engine, page, end }
}

const call = (id: number, method = 'about') => ({ type: 'call', id, method, input: {} })

test('rpc relay: passes calls and their results, under the page’s own ids', () => {
  const { relay, engine, page } = relayWithEnds()
  relay.openPage()
  relay.fromPage(call(7))
  relay.fromPage(call(9))
  relay.fromEngine({ type: 'ok', id: 2, output: 'second' })
  relay.fromEngine({ type: 'ok', id: 1, output: 'first' })
  expect(engine.map(message => 'id' in message && message.id)).toEqual([1, 2])
  expect(page).toEqual([
    { type: 'ok', id: 9, output: 'second' },
    { type: 'ok', id: 7, output: 'first' },
  ])
})

test('rpc relay: gives a reloaded page no result of the page before', () => {
  const { relay, engine, page } = relayWithEnds()
  relay.openPage()
  relay.fromPage(call(1, 'photos.list'))
  relay.fromPage({ type: 'subscribe', event: 'jobs' })
  relay.pageGone()
  expect(engine.slice(2)).toEqual([
    { type: 'cancel', id: 1 },
    { type: 'unsubscribe', event: 'jobs' },
  ])
  relay.openPage()
  relay.fromPage(call(1, 'about'))
  relay.fromEngine({ type: 'ok', id: 1, output: 'photos' })
  relay.fromEngine({ type: 'event', event: 'jobs', sequence: 1, snapshot: { jobs: [] } })
  relay.fromEngine({ type: 'ok', id: 2, output: 'about' })
  expect(page).toEqual([{ type: 'ok', id: 1, output: 'about' }])
})

test('rpc relay: keeps the hello for later pages until its engine has gone', () => {
  const { relay, page } = relayWithEnds()
  relay.fromEngine({ type: 'hello', version: '1' })
  relay.openPage()
  expect(page).toEqual([{ type: 'hello', version: '1' }])
  relay.engineGone()
  relay.openPage()
  expect(page).toHaveLength(1)
})

test('rpc relay: closes the page’s connection once when the engine ends, and passes nothing until it connects again', () => {
  const { relay, engine, end } = relayWithEnds()
  relay.openPage()
  relay.fromPage(call(1))
  relay.engineGone()
  relay.engineGone()
  expect(end.closed).toBe(1)
  relay.fromPage(call(2))
  expect(engine).toHaveLength(1)
  relay.openPage()
  relay.fromPage(call(3))
  expect(engine).toHaveLength(2)
})

test('rpc relay: closes the connection on a call without an engine', () => {
  const { relay, end } = relayWithEnds()
  relay.openPage()
  end.engineThere = false
  relay.fromPage(call(1))
  expect(end.closed).toBe(1)
})

test('rpc relay: cancels a call, and ignores an unknown one', () => {
  const { relay, engine } = relayWithEnds()
  relay.openPage()
  relay.fromPage(call(40))
  relay.fromPage({ type: 'cancel', id: 40 })
  relay.fromPage({ type: 'cancel', id: 41 })
  expect(engine.slice(1)).toEqual([{ type: 'cancel', id: 1 }])
})

test('rpc relay: passes only messages of the contract on, whatever a page sends', () => {
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
