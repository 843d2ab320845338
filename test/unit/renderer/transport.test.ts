import { describe, expect, test, vi } from 'vitest'
import type { DesktopBridge } from '../../../electron/shared/desktop.ts'
import type { ServerMessage } from '../../../electron/shared/rpc.ts'
import { openBridge } from '../../../renderer/transport/electron.ts'
import { takeToken } from '../../../renderer/transport/websocket.ts'

describe('token of the page', () => {
  const page = (hash: string, stored: Map<string, string>): { window: Window; replaceState: unknown } => {
    const replaceState = vi.fn()
    const window = {
      location: { hash, pathname: '/', search: '' },
      history: { state: null, replaceState },
      sessionStorage: {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => stored.set(key, value),
      },
    } as unknown as Window
    return { window, replaceState }
  }

  test('moves from the address to the storage of the tab', () => {
    const stored = new Map<string, string>()
    const first = page('#token=abc123', stored)
    expect(takeToken(first.window)).toBe('abc123')
    expect(first.replaceState).toHaveBeenCalledWith(null, '', '/')
    const reloaded = page('', stored)
    expect(takeToken(reloaded.window)).toBe('abc123')
    expect(reloaded.replaceState).not.toHaveBeenCalled()
  })

  test('is empty if there is none', () => expect(takeToken(page('', new Map()).window)).toBe(''))
})

describe('desktop bridge', () => {
  const hello: ServerMessage = { type: 'hello', version: '1' }

  function fakeBridge(open: () => Promise<void>) {
    const listeners = { message: new Set<(message: ServerMessage) => void>(), close: new Set<() => void>() }
    const listen = <L>(set: Set<L>, listener: L) => {
      set.add(listener)
      return () => void set.delete(listener)
    }
    const rpc: DesktopBridge['rpc'] = {
      open,
      send: vi.fn(),
      onMessage: listener => listen(listeners.message, listener),
      onClose: listener => listen(listeners.close, listener),
    }
    return { bridge: { rpc } as unknown as DesktopBridge, listeners }
  }

  test('delivers messages that arrived while it was opened', async () => {
    const { bridge, listeners } = fakeBridge(async () =>
      listeners.message.forEach(listener => listener(hello)),
    )
    const channel = await openBridge(bridge)
    const received: ServerMessage[] = []
    channel.onMessage(message => received.push(message))
    expect(received).toEqual([hello])
    listeners.message.forEach(listener => listener(hello))
    expect(received).toHaveLength(2)
  })

  test('reports a loss, also one before there was a listener, and stops listening', async () => {
    const { bridge, listeners } = fakeBridge(async () => undefined)
    const channel = await openBridge(bridge)
    listeners.close.forEach(listener => listener())
    const lost = vi.fn()
    channel.onClose(lost)
    expect(lost).toHaveBeenCalledOnce()
    expect([listeners.message.size, listeners.close.size]).toEqual([0, 0])
  })

  test('leaves no listener behind when it cannot be opened', async () => {
    const { bridge, listeners } = fakeBridge(() => Promise.reject(new Error('gone')))
    await expect(openBridge(bridge)).rejects.toThrow('gone')
    expect([listeners.message.size, listeners.close.size]).toEqual([0, 0])
  })
})
