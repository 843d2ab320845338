/** @file What a broken or hostile program on this machine could send to the loopback host. */
import { contract } from '../../../electron/shared/contract.ts'
import type { Random } from '../../../electron/shared/random.ts'
import { hostileMessage } from '../../support/hostile.ts'

const nasty: readonly unknown[] = [
  ...[null, true, 0, -1, 1, 1.5, 1e308, -1e308, 2 ** 53, '', 'x', '__proto__', 'constructor', 'toString'],
  ...['\u0000', '\ud800', '../../etc/passwd', '/etc/passwd', '/dev/zero', '/proc/self/mem', '%00'],
  ...["'; DROP TABLE album;--", 'a'.repeat(5000), '\u{1f4a5}'.repeat(300), [], {}, [[]], [null]],
  ...[
    { photo: 1 },
    { upload: 'zz' },
    [{ photo: -1 }],
    [{ photo: 1 }],
    [1, 2, 3],
    { length: 1e9 },
    { then: 1 },
  ],
]
const keys = [
  'id',
  'ids',
  'photos',
  'name',
  'path',
  'examples',
  'k',
  'crop',
  '__proto__',
  'constructor',
  'more',
]

/** Calls that take long, or change what the other attacks look at: they come with a field that no method knows. */
const barred =
  /^(doctor|runtimes|samples|models\.(train|use)|index|folders\.(add|remove|rescan)|failures\.retry|albums\.importFolder)/

function value(random: Random, depth = 0): unknown {
  if (depth > 3 || random.chance(0.7)) return random.pick(nasty)
  const many = { length: random.int(0, 4) }
  return random.chance(0.5)
    ? Array.from(many, () => value(random, depth + 1))
    : Object.fromEntries(Array.from(many, () => [random.pick(keys), value(random, depth + 1)]))
}

/** A call whose frame is right and whose input is not. */
export function hostileCall(random: Random, id: number): string {
  const method = random.pick(Object.keys(contract))
  const { shape } = contract[method as keyof typeof contract].input
  const input: Record<string, unknown> = {}
  for (const key of Object.keys(shape)) if (random.chance(0.85)) input[key] = value(random)
  if (random.chance(0.15)) input[random.pick(keys)] = value(random)
  if (barred.test(method)) input.barred = 1
  return JSON.stringify({ type: 'call', id, method, input })
}

/** What need not even be a message: bytes, text that is cut off, nesting that overflows a stack. */
export function hostileFrame(random: Random): string | Uint8Array {
  const nested = (open: string, close: string, most: number): string => {
    const depth = random.int(1, most)
    return `${open.repeat(depth)}1${close.repeat(depth)}`
  }
  switch (random.int(0, 4)) {
    case 0:
      return nested('[', ']', 20_000)
    case 1:
      return `{"type":"call","id":1,"method":"photos.get","input":${nested('{"a":', '}', 20_000)}}`
    case 2:
      return Uint8Array.from({ length: random.int(0, 400) }, () => random.int(0, 255))
    case 3: {
      const text = hostileCall(random, 1)
      return text.slice(0, random.int(0, text.length - 1))
    }
    default: {
      const message = hostileMessage(random, 'WebSocket')
      return message instanceof Uint8Array || typeof message === 'string' ? message : JSON.stringify(message)
    }
  }
}

const pieces = [
  ...[
    '..',
    '%2e%2e',
    '%2f',
    '\\',
    '/',
    '//',
    ':',
    ';',
    'C:',
    'file:',
    '%00',
    '%ff',
    '%',
    '#',
    '?v=',
    '&size=',
    '1280',
  ],
  ...[
    'thumb',
    'image',
    'upload',
    'media',
    'assets',
    'index.html',
    'rpc',
    '1',
    '0',
    '-1',
    '1e9',
    '99',
    'ab',
    '?token=',
  ],
  ...['etc/passwd', 'catalog.db', '.git/config', '__proto__'],
]
const methods = [
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'DELETE',
  'CONNECT',
  'BREW',
]

export interface Secrets {
  readonly port: number
  readonly token: string
  /** As the browser sends it back. */
  readonly cookie: string
}

/** The text of an HTTP request: an ordinary one, a forged one, an upgrade, or none at all. */
export function hostileRequest(random: Random, { port, token, cookie }: Secrets): string {
  if (random.chance(0.05))
    return Array.from({ length: random.int(0, 300) }, () => String.fromCharCode(random.int(0, 255))).join('')
  const own = `127.0.0.1:${port}`
  const wrongToken = random.pick([
    '%C3%A9'.repeat(token.length),
    '0'.repeat(token.length),
    '',
    token.slice(1),
    '%',
  ])
  const tail = Array.from({ length: random.int(1, 6) }, () => random.pick(pieces)).join(
    random.pick(['', '/']),
  )
  const start = random.pick([
    '/',
    '/media/',
    '/media/thumb/',
    '/media/image/',
    '/media/upload',
    '/rpc?token=',
    '/rpc',
    '',
  ])
  const path = start.startsWith('/rpc')
    ? start + random.pick([wrongToken, cookie.split('=')[1]!])
    : start + tail
  const host = random.pick([own, own, own, `localhost:${port}`, 'evil.example', `127.0.0.1`, ''])
  const origin = random.pick([`http://${own}`, 'http://evil.example', 'null', `https://${own}`])
  const sent = random.pick([
    cookie,
    cookie,
    `kindred-${port}=${wrongToken}`,
    'x'.repeat(3000),
    'kindred=;;=;',
  ])
  const headers = [
    `Host: ${host}`,
    ...(random.chance(0.5) ? [`Origin: ${origin}`] : []),
    ...(random.chance(0.7) ? [`Cookie: ${sent}`] : []),
    ...(start.startsWith('/rpc') ? upgrade(random) : ['Connection: close']),
  ]
  const body = 'x'.repeat(random.int(0, 200))
  const length = random.pick([String(body.length), String(body.length), '-1', '1e9', '70000000'])
  const withBody = start === '/media/upload' && random.chance(0.8)
  if (withBody) headers.push(`Content-Length: ${length}`)
  const method = withBody ? 'POST' : random.pick(methods)
  return `${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${withBody ? body : ''}`
}

const upgrade = (random: Random): string[] => [
  'Connection: Upgrade',
  `Upgrade: ${random.pick(['websocket', 'websocket', 'h2c'])}`,
  `Sec-WebSocket-Version: ${random.pick(['13', '13', '8', 'x'])}`,
  `Sec-WebSocket-Key: ${random.pick(['dGhlIHNhbXBsZSBub25jZQ==', 'short', ''])}`,
]
