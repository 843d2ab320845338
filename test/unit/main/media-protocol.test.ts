import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, normalize, relative } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  appHandler,
  mediaPath,
  mediaUrl,
  photoHandler,
  registerSchemes,
  rendererFile,
} from '../../../electron/main/media-protocol.ts'
import { parseMediaPath } from '../../../electron/shared/media-url.ts'

const page = { origin: 'app://kindred' }
const pieces = [
  '..',
  '.',
  '/',
  '//',
  '\\',
  '%2e%2e',
  '%2E%2e%2f',
  '%5c',
  '%00',
  '%',
  '\0',
  ':',
  '@',
  '?',
  '#',
  '&',
  '=',
  ' ',
  '~',
  'C:',
  'etc/passwd',
  'index.html',
  'assets',
  'secret.js',
  'thumb',
  'image',
  'upload',
  '1',
  '0',
  '99999999999999999999',
  '-1',
  '1e9',
  'v=ab',
  'size=2560',
  'ü',
  '‮',
  'app.asar',
]
/** Hostile URLs: of both schemes, of similar ones, and random text. */
const hostileUrl = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('app://kindred/', 'app://kindred', 'app://', 'photo://', 'photo:', 'file:///', 'app:/'),
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 10 }),
    )
    .map(([start, parts]) => start + parts.join('')),
  fc.webUrl(),
  fc.string(),
)
const runs = { numRuns: 1_000 }

/** undici's Request only accepts http, so the handlers get an object with the fields that they use. */
const ask = (url: string, method = 'GET', body?: Uint8Array): Request =>
  ({
    url,
    method,
    headers: new Headers(),
    signal: new AbortController().signal,
    arrayBuffer: () => Promise.resolve((body ?? new Uint8Array()).slice().buffer),
  }) as unknown as Request

describe('media protocol: app scheme', () => {
  let root: string
  let handle: (request: Request) => Promise<Response>

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'kindred-app-'))
    mkdirSync(join(root, 'renderer', 'assets'), { recursive: true })
    writeFileSync(join(root, 'renderer', 'index.html'), 'the page')
    writeFileSync(join(root, 'renderer', 'assets', 'main-B_a1.js'), 'the script')
    writeFileSync(join(root, 'renderer', '.env.js'), 'SECRET')
    writeFileSync(join(root, 'secret.js'), 'SECRET')
    handle = appHandler(join(root, 'renderer'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('serves the page’s files, with the content security policy', async () => {
    const answer = await handle(ask('app://kindred/'))
    expect(await answer.text()).toBe('the page')
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const script = await handle(ask('app://kindred/assets/main-B_a1.js?x#y'))
    expect(await script.text()).toBe('the script')
    expect(script.headers.get('content-type')).toContain('text/javascript')
    expect(await (await handle(ask('app://kindred/', 'HEAD'))).text()).toBe('')
  })

  test.each([
    'app://kindred/../secret.js',
    'app://kindred/%2e%2e/secret.js',
    'app://kindred/..%2fsecret.js',
    'app://kindred/..%5csecret.js',
    'app://kindred//secret.js',
    'app://kindred/.env.js',
    'app://other/index.html',
    'app://kindred/assets',
    'app://kindred/nothing.js',
    'file:///etc/passwd',
    'nonsense',
  ])('returns 404 for %s', async url => expect((await handle(ask(url))).status).toBe(404))

  test('refuses other methods', async () =>
    expect((await handle(ask('app://kindred/', 'POST'))).status).toBe(405))

  test('lets no path of a thousand hostile URLs leave the folder', async () => {
    await fc.assert(
      fc.asyncProperty(hostileUrl, async url => {
        const file = rendererFile(url)
        if (file !== undefined) {
          expect(normalize(file)).toBe(file)
          expect(relative('/r', join('/r', file))).toBe(file)
          expect(file).not.toMatch(/(^|\/)\.|[\\%\0:]/)
        }
        const answer = await handle(ask(url))
        expect([200, 404]).toContain(answer.status)
        const text = await answer.text()
        expect(['the page', 'the script', 'Not found']).toContain(text)
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      }),
      runs,
    )
  })
})

describe('media protocol: photo scheme', () => {
  const token = 'a'.repeat(48)
  let server: Server
  let origin: string
  const seen: { url: string | undefined; method: string | undefined; origin: unknown; bytes: number }[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      let bytes = 0
      request.on('data', (chunk: Buffer) => (bytes += chunk.length))
      request.on('end', () => {
        seen.push({ url: request.url, method: request.method, origin: request.headers.origin, bytes })
        response.writeHead(200, { 'content-type': 'image/jpeg', 'set-cookie': 'secret=1', etag: '"1"' })
        response.end('pixels')
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('forwards a thumbnail, without cookies and without the secret in the response', async () => {
    const handle = photoHandler({ access: () => ({ origin, token }), page })
    const answer = await handle(ask('photo://thumb/12?v=ab'))
    expect(await answer.text()).toBe('pixels')
    expect(seen.at(-1)).toMatchObject({ url: `/media/thumb/12?v=ab&token=${token}`, method: 'GET' })
    expect(seen.at(-1)?.origin).toBeUndefined()
    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': 'image/jpeg',
      etag: '"1"',
      'access-control-allow-origin': 'app://kindred',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    })
  })

  test('uploads an external image, but not one that is too large', async () => {
    const handle = photoHandler({ access: () => ({ origin, token }), page })
    for (const url of ['photo://upload', 'photo://upload/']) {
      expect((await handle(ask(url, 'POST', new Uint8Array(1_000)))).status).toBe(200)
      expect(seen.at(-1)).toEqual({ url: `/media/upload?token=${token}`, method: 'POST', bytes: 1_000 })
    }
    const huge = ask('photo://upload', 'POST')
    huge.headers.set('content-length', '9999999999')
    expect((await handle(huge)).status).toBe(413)
  })

  test('answers a preflight request for the own page only', async () => {
    const answer = await photoHandler({ access: () => undefined, page })(ask('photo://upload', 'OPTIONS'))
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('app://kindred')
  })

  test('returns 503 while the engine is away, and when it ends meanwhile', async () => {
    expect((await photoHandler({ access: () => undefined, page })(ask('photo://thumb/1'))).status).toBe(503)
    const gone = vi.fn(() => Promise.reject(new TypeError('fetch failed')))
    const handle = photoHandler({ access: () => ({ origin, token }), page, fetch: gone })
    expect((await handle(ask('photo://thumb/1'))).status).toBe(503)
  })

  test('lets only well-formed requests of a thousand hostile URLs reach the engine', async () => {
    const reached: string[] = []
    const handle = photoHandler({
      access: () => ({ origin: 'http://127.0.0.1:9', token }),
      page,
      fetch: input => {
        reached.push(input as string)
        return Promise.resolve(new Response('pixels'))
      },
    })
    await fc.assert(
      fc.asyncProperty(
        hostileUrl,
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE'),
        async (url, method) => {
          reached.length = 0
          const answer = await handle(ask(url, method))
          const path = mediaPath(url, method)
          expect(answer.status).toBe(path === undefined ? 404 : 200)
          expect(reached).toEqual(
            path === undefined ? [] : [mediaUrl({ origin: 'http://127.0.0.1:9', token }, path)],
          )
          for (const target of reached) {
            const { origin: where, pathname } = new URL(target)
            expect(where).toBe('http://127.0.0.1:9')
            expect(pathname).toMatch(/^\/media\/(thumb|image)\/\d+$|^\/media\/upload(\/[0-9a-f]{32})?$/)
          }
        },
      ),
      runs,
    )
  })

  test('passes every well-formed address unchanged', () => {
    const good = ['thumb/1', 'thumb/12?v=ab', 'image/3?v=ab&size=1280', `upload/${'0'.repeat(32)}`]
    for (const path of good) {
      expect(parseMediaPath(path)).toBeDefined()
      expect(mediaPath(`photo://${path}`, 'GET')).toBe(path)
    }
  })
})

test('media protocol: both schemes are secure and standard, and neither bypasses the content security policy', () => {
  const register = vi.fn()
  registerSchemes({ registerSchemesAsPrivileged: register })
  const [schemes] = register.mock.calls[0] as [{ scheme: string; privileges: Record<string, boolean> }[]]
  expect(schemes.map(({ scheme }) => scheme)).toEqual(['app', 'photo'])
  for (const { privileges } of schemes) {
    expect(privileges).toMatchObject({ standard: true, secure: true })
    expect(privileges).not.toHaveProperty('bypassCSP')
    expect(privileges).not.toHaveProperty('allowServiceWorkers')
  }
})
