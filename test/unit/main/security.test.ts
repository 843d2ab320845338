import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  contentSecurityPolicy,
  guardSession,
  guardWebContents,
  maySend,
  mayNavigate,
  mayUse,
  originOf,
  pageOrigin,
  safeWebPreferences,
  senderOf,
} from '../../../electron/main/security.ts'

const page = { origin: 'app://kindred' }
const hostile = [
  'https://example.org/',
  'file:///etc/passwd',
  'app://other/',
  'app://kindred.example.org/',
  'app://kindred:80/',
  'app://user@kindred/',
  'app:kindred',
  'javascript:alert(1)',
  'data:text/html,hello',
  'blob:app://kindred/1',
  'about:blank',
  'photo://thumb/1',
  ' ',
  '',
]

describe('security: navigation', () => {
  test('may go to the page itself', () => {
    expect(mayNavigate('app://kindred/', page)).toBe(true)
    expect(mayNavigate('app://kindred/index.html#/model', page)).toBe(true)
  })

  test.each(hostile)('may not go to %j', url => expect(mayNavigate(url, page)).toBe(false))

  test('may go to no string but one of its own origin', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), url => {
        expect(mayNavigate(url, page)).toBe(originOf(url) === 'app://kindred')
      }),
    )
  })
})

describe('security: senders', () => {
  test('accepts the top frame of the own page', () =>
    expect(maySend({ url: 'app://kindred/', isTopFrame: true }, page)).toBe(true))
  test('rejects a frame inside it', () =>
    expect(maySend({ url: 'app://kindred/', isTopFrame: false }, page)).toBe(false))
  test('rejects a frame that has gone', () => {
    expect(senderOf({ senderFrame: null })).toBeUndefined()
    expect(maySend(undefined, page)).toBe(false)
  })
  test.each(hostile)('rejects %j', url => expect(maySend({ url, isTopFrame: true }, page)).toBe(false))
  test('reads from a frame whether it is the top one', () => {
    expect(senderOf({ senderFrame: { url: 'a', parent: null } })).toEqual({ url: 'a', isTopFrame: true })
    expect(senderOf({ senderFrame: { url: 'a', parent: {} } })?.isTopFrame).toBe(false)
  })
})

test('security: grants only the permission to write to the clipboard, and only to the own page', () => {
  const asked = [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'fullscreen',
    'hid',
  ]
  for (const permission of asked) expect(mayUse(permission, 'app://kindred/', page)).toBe(false)
  expect(mayUse('clipboard-sanitized-write', 'app://kindred/', page)).toBe(true)
  for (const url of hostile) expect(mayUse('clipboard-sanitized-write', url, page)).toBe(false)
})

test('security: trusts a development server in a checkout only, and only on this machine', () => {
  expect(pageOrigin(false, undefined)).toEqual(page)
  expect(pageOrigin(false, 'http://localhost:5173/')).toEqual({ origin: 'http://localhost:5173' })
  expect(pageOrigin(true, 'http://localhost:5173/')).toEqual(page)
  expect(pageOrigin(false, 'http://example.org/')).toEqual(page)
  expect(pageOrigin(false, 'nonsense')).toEqual(page)
})

test('security: the content security policy starts from nothing and allows no foreign or inline script', () => {
  const policy = new Map(
    contentSecurityPolicy()
      .split('; ')
      .map(part => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)] as const),
  )
  expect(policy.get('default-src')).toBe("'none'")
  expect(policy.get('script-src')).toBe("'self'")
  expect(policy.get('connect-src')).toBe("'self' photo:")
  for (const name of ['base-uri', 'form-action', 'frame-ancestors']) expect(policy.get(name)).toBe("'none'")
  expect(contentSecurityPolicy()).not.toMatch(/https?:|\*|unsafe-eval/)
})

test('security: a window runs its page in the sandbox, without Node', () => {
  expect(safeWebPreferences('/p.cjs')).toMatchObject({
    preload: '/p.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

describe('security: guards', () => {
  function created() {
    const app = new EventEmitter()
    guardWebContents(app as never, page)
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() })
    app.emit('web-contents-created', {}, contents)
    return contents
  }

  test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])(
    'prevent %s to another origin',
    name => {
      const contents = created()
      const away = { url: 'https://example.org/', preventDefault: vi.fn() }
      const home = { url: 'app://kindred/', preventDefault: vi.fn() }
      contents.emit(name, away)
      contents.emit(name, home)
      expect(away.preventDefault).toHaveBeenCalledOnce()
      expect(home.preventDefault).not.toHaveBeenCalled()
    },
  )

  test('open no window and attach no webview', () => {
    const contents = created()
    const handler = contents.setWindowOpenHandler.mock.calls[0]![0] as () => unknown
    expect(handler()).toEqual({ action: 'deny' })
    const event = { preventDefault: vi.fn() }
    contents.emit('will-attach-webview', event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })

  test('grant a session no permission, no device and no download', () => {
    const session = Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: vi.fn(),
      setPermissionCheckHandler: vi.fn(),
      setDevicePermissionHandler: vi.fn(),
    })
    guardSession(session as never, page)
    const ask = session.setPermissionRequestHandler.mock.calls[0]![0] as (...args: unknown[]) => void
    const answer = vi.fn()
    ask({}, 'geolocation', answer, { requestingUrl: 'app://kindred/' })
    ask({}, 'clipboard-sanitized-write', answer, { requestingUrl: 'app://kindred/' })
    expect(answer.mock.calls).toEqual([[false], [true]])
    const check = session.setPermissionCheckHandler.mock.calls[0]![0] as (...args: unknown[]) => boolean
    expect(check({}, 'media', 'app://kindred')).toBe(false)
    const device = session.setDevicePermissionHandler.mock.calls[0]![0] as () => boolean
    expect(device()).toBe(false)
    const event = { preventDefault: vi.fn() }
    session.emit('will-download', event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })
})
