import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { EngineServer } from '../engine/api/engine-server.ts'
import { silentLog, type Logger } from '../engine/runtime/log.ts'
import { asKindredError } from '../shared/errors.ts'
import type { ServerChannel } from '../shared/rpc.ts'
import { MESSAGE_BYTES } from '../shared/transfer-limits.ts'
import {
  hasSecret,
  isOwnHost,
  mayOpenSocket,
  mayUseMedia,
  mediaCookie,
  pageHeaders,
  type RequestFacts,
} from './http-policy.ts'
import { receiveUpload } from './receive-upload.ts'
import { readStatic } from './static-files.ts'

export interface HttpHost {
  readonly port: number
  /** Random, needed for everything but the page itself. */
  readonly token: string
  /** The address to open in a browser. */
  readonly url: string
  close(): Promise<void>
}

export interface HttpHostOptions {
  /** 0 takes a free one. */
  readonly port?: number
  /** The secret; without one, a new one is made. */
  readonly token?: string
  /** The built interface; without it only the socket and the media are served. */
  readonly rendererDir?: string
  readonly log?: Logger
}

/**
 * Serves the interface, the contract (WebSocket at /rpc) and the pixels (/media/) to this machine alone.
 * @param service may still be opening: the page is served meanwhile, all other requests wait
 */
export async function startHttpHost(
  service: EngineServer | Promise<EngineServer>,
  options: HttpHostOptions = {},
): Promise<HttpHost> {
  const { log = silentLog, token = randomBytes(24).toString('hex') } = options
  const server = createServer((request, response) => {
    respond(service, options.rendererDir, port(server), token, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(asKindredError(error).message)
    })
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES })
  // Image requests cannot carry the token in their URL, so the handshake sets a cookie for them.
  sockets.on('headers', headers => headers.push(`Set-Cookie: ${mediaCookie(token, port(server))}`))
  server.on('upgrade', (request, socket, head) => {
    // Without a listener, a client that resets its connection would end this process, also where it is refused.
    socket.on('error', () => socket.destroy())
    const { pathname } = urlOf(request)
    if (pathname !== '/rpc' || !mayOpenSocket(factsOf(request), port(server), token)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    Promise.resolve(service)
      .then(
        opened => sockets.handleUpgrade(request, socket, head, client => opened.serve(channelOf(client))),
        () => socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n'),
      )
      .catch((error: unknown) => {
        const { message, stack } = asKindredError(error)
        log('error', message, { stack })
        socket.destroy()
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    port: port(server),
    token,
    url: `http://127.0.0.1:${port(server)}/#token=${token}`,
    close: () => close(server, sockets),
  }
}

async function respond(
  service: EngineServer | Promise<EngineServer>,
  rendererDir: string | undefined,
  port: number,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const facts = factsOf(request)
  const { pathname, search } = urlOf(request)
  const send = (status: number, type: string, body: Uint8Array | string, cache = 'no-store'): void => {
    response.writeHead(status, { ...pageHeaders, 'Content-Type': type, 'Cache-Control': cache }).end(body)
  }
  if (!isOwnHost(facts.host, port)) {
    send(403, 'text/plain', 'This is not for you.')
    return
  }
  if (pathname.startsWith('/media/')) {
    if (!mayUseMedia(facts, port, token)) {
      send(403, 'text/plain', 'This is not for you.')
      return
    }
    if (pathname === '/media/upload' && request.method === 'POST') {
      const { status, body } = await receiveUpload(await service, request)
      send(status, 'application/json', body)
      return
    }
    if (request.method !== 'GET') {
      send(405, 'text/plain', 'Only GET is answered here.')
      return
    }
    const query = new URLSearchParams(search)
    query.delete('token')
    const rest = query.size > 0 ? `?${query.toString()}` : ''
    const givenUp = new AbortController()
    response.once('close', () => givenUp.abort())
    const path = pathname.slice('/media/'.length) + rest
    const { status, type, body } = await (await service).media(path, givenUp.signal)
    send(status, type, body, status === 200 ? 'private, max-age=31536000, immutable' : 'no-store')
    return
  }
  if (request.method !== 'GET') {
    send(405, 'text/plain', 'Only GET is answered here.')
    return
  }
  if (pathname === '/rpc') {
    // A browser does not tell a page why its socket was refused: the page asks here.
    const [status, text] = hasSecret(facts, token)
      ? [426, 'Open a WebSocket.']
      : [403, 'This is not for you.']
    send(status, 'text/plain', text)
    return
  }
  const file = rendererDir === undefined ? undefined : await readStatic(rendererDir, pathname)
  if (!file) {
    send(404, 'text/plain', 'There is nothing here.')
    return
  }
  send(200, file.type, file.body, file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
}

function channelOf(client: WebSocket): ServerChannel {
  client.on('error', () => client.terminate())
  return {
    send: message => client.send(JSON.stringify(message)),
    onMessage: listener =>
      client.on('message', (data: Buffer, isBinary) => {
        listener(isBinary ? undefined : parse(data.toString('utf8')))
      }),
    onClose: listener => client.on('close', listener),
    close: () => client.close(),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const port = (server: Server): number => (server.address() as AddressInfo).port

function urlOf(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/nowhere')
}

function factsOf(request: IncomingMessage): RequestFacts {
  const { host, origin, cookie } = request.headers
  return { host, origin, cookie, token: urlOf(request).searchParams.get('token') }
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.terminate()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}
