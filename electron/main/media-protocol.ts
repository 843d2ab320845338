import type { Protocol } from 'electron'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { APP_ORIGIN, PHOTO_SCHEME } from '../shared/desktop.ts'
import { parseMediaPath } from '../shared/media-url.ts'
import { UPLOAD_BYTES, uploadTooLarge } from '../shared/transfer-limits.ts'
import { toPlainError } from '../shared/errors.ts'
import type { MediaAccess } from './engine-process.ts'
import { contentSecurityPolicy, type PageOrigin } from './security.ts'

/** Call it before the app is ready: Electron registers schemes only until then. */
export function registerSchemes(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: new URL(APP_ORIGIN).protocol.slice(0, -1),
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
    {
      scheme: PHOTO_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true },
    },
  ])
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/**
 * The file of dist/renderer that an `app:` URL names, as a relative path, or undefined. Only plain names with a known
 * ending pass: no dot at the start of a segment, no percent sign, no backslash. So no path leads out of the folder.
 */
export function rendererFile(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host, pathname, username, password, port } = new URL(url)
  if (`${protocol}//${host}` !== APP_ORIGIN || username !== '' || password !== '' || port !== '')
    return undefined
  if (pathname === '/' || pathname === '') return 'index.html'
  const path = pathname.slice(1)
  if (path.length > 255 || !/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(path))
    return undefined
  return extname(path) in contentTypes ? path : undefined
}

/** The engine's media path (see media-url.ts) of a `photo:` URL, or undefined if the URL is malformed. */
export function mediaPath(url: string, method: string): string | undefined {
  const prefix = `${PHOTO_SCHEME}://`
  if (!url.startsWith(prefix)) return undefined
  // Chromium appends a slash to a standard URL without a path.
  const path = url.slice(prefix.length).replace(/^upload\/$/, 'upload')
  if (method === 'POST') return path === 'upload' ? path : undefined
  if (method !== 'GET' && method !== 'HEAD') return undefined
  return parseMediaPath(path) ? path : undefined
}

const plain = (status: number, text: string, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  })

/** Serves the page's files and nothing outside their folder. */
export function appHandler(folder: string): (request: Request) => Promise<Response> {
  const headers = {
    'content-security-policy': contentSecurityPolicy(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  }
  return async ({ url, method }) => {
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Not allowed')
    const file = rendererFile(url)
    if (!file) return plain(404, 'Not found')
    try {
      const body = await readFile(join(folder, file))
      const type = contentTypes[extname(file)]!
      return new Response(method === 'HEAD' ? null : body, { headers: { ...headers, 'content-type': type } })
    } catch {
      return plain(404, 'Not found')
    }
  }
}

export interface PhotoHandlerOptions {
  /** The engine's current address; undefined while the engine is not ready. */
  readonly access: () => MediaAccess | undefined
  readonly page: PageOrigin
  readonly fetch?: typeof globalThis.fetch
}

/** Forwards pixels from the engine's loopback host, whose address and token the page never sees. */
export function photoHandler(options: PhotoHandlerOptions): (request: Request) => Promise<Response> {
  const { access, page, fetch = globalThis.fetch } = options
  const shared = {
    'access-control-allow-origin': page.origin,
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  }
  return async request => {
    if (request.method === 'OPTIONS') {
      const allowed = {
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
      }
      return plain(204, '', { ...shared, ...allowed })
    }
    const path = mediaPath(request.url, request.method)
    if (!path) return plain(404, 'Not found', shared)
    const engine = access()
    if (!engine) return plain(503, 'The engine is away', shared)
    try {
      const response = await fetch(mediaUrl(engine, path), await toEngine(request))
      const kept = ['content-type', 'content-length', 'cache-control', 'etag', 'last-modified']
      const headers = new Headers(shared)
      for (const name of kept) {
        const value = response.headers.get(name)
        if (value !== null) headers.set(name, value)
      }
      const body = request.method === 'HEAD' ? null : response.body
      return new Response(body, { status: response.status, headers })
    } catch (error) {
      if (error instanceof TooLarge) return tooLarge(shared)
      // The page aborted its request, or the engine ended meanwhile.
      return plain(503, 'The engine is away', shared)
    }
  }
}

/** The URL of a media path on the engine's loopback host. */
export const mediaUrl = ({ origin, token }: MediaAccess, path: string): string =>
  `${origin}/media/${path}${path.includes('?') ? '&' : '?'}token=${token}`

class TooLarge extends Error {}

const tooLarge = (headers: Record<string, string>): Response =>
  Response.json(toPlainError(uploadTooLarge()), { status: 413, headers })

async function toEngine(request: Request): Promise<RequestInit> {
  const init: RequestInit = { method: request.method, signal: request.signal, redirect: 'error' }
  if (request.method !== 'POST') return init
  if (Number(request.headers.get('content-length') ?? 0) > UPLOAD_BYTES) throw new TooLarge()
  const body = await request.arrayBuffer()
  if (body.byteLength > UPLOAD_BYTES) throw new TooLarge()
  return { ...init, body, headers: { 'content-type': 'application/octet-stream' } }
}
