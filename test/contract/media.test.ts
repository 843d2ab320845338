import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mediaCookie } from '../../electron/hosts/http-policy.ts'
import { parseMediaPath } from '../../electron/shared/media-url.ts'
import { RpcClient } from '../../electron/shared/rpc-client.ts'
import { HEAD_BYTES, UPLOAD_BYTES } from '../../electron/shared/transfer-limits.ts'
import { Random } from '../../electron/shared/random.ts'
import { makeLibrary, type MadeLibrary } from '../support/made-library.ts'
import { webSocket, type Transport } from '../support/transports.ts'

/** The cookie that the host gives to a page that has the secret. */
const cookieFor = (port: number, token: string): string => mediaCookie(token, port).split(';')[0]!

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

/** Sends a request exactly as written: fetch would normalise the path and refuse the headers. */
function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, response => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const type = response.headers['content-type'] ?? ''
        resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(parts) })
      })
    })
    sent.on('error', reject).end()
  })
}

describe('media server', () => {
  let made: MadeLibrary
  let transport: Transport
  let port: number
  let token: string

  beforeAll(async () => {
    made = await makeLibrary(1)
    transport = await webSocket(made.libraryDir)
    port = Number(new URL(transport.media!.origin).port)
    token = transport.media!.token
  })
  afterAll(async () => {
    await transport.close()
    await made.remove()
  })

  test('serves thumbnails and images to a client with the secret, as cookie or in the query', async () => {
    const cookie = { Cookie: cookieFor(port, token) }
    for (const path of [
      '/media/thumb/1?v=00',
      '/media/image/1?v=00&size=1280',
      '/media/tile/1?v=00&level=0&column=0&row=0',
    ]) {
      const { status, type, body } = await ask(port, path, cookie)
      expect([status, type]).toEqual([200, 'image/jpeg'])
      expect(body.subarray(0, 2).toString('hex')).toBe('ffd8')
    }
    expect((await ask(port, `/media/thumb/1?v=00&token=${token}`)).status).toBe(200)
    expect((await ask(port, '/media/thumb/1?v=00')).status).toBe(403)
    expect(
      (await ask(port, '/media/thumb/1?v=00', { Cookie: cookieFor(port, '0'.repeat(token.length)) })).status,
    ).toBe(403)
  })

  test('responds to 1,000 hostile URLs with 403, 404 or 405 and no file of the machine', async () => {
    const random = new Random('urls')
    const pieces = [
      '..',
      '%2e%2e',
      '%2f',
      '\\',
      '/',
      'thumb',
      'image',
      'upload',
      'tile',
      '1',
      '0',
      '-1',
      '1e9',
      '999999',
      'etc/passwd',
    ]
    pieces.push(
      '?v=',
      '&size=',
      '&level=0&column=0&row=0',
      '%00',
      '%ff',
      ';',
      ':',
      'C:',
      '//',
      'file:',
      made.libraryDir,
      'catalog.db',
      '?v=zz',
      '#',
      '1.5',
    )
    let served = 0
    for (let i = 0; i < 1000; i++) {
      const tail = Array.from({ length: random.int(1, 7) }, () => random.pick(pieces)).join(
        random.chance(0.5) ? '/' : '',
      )
      const path = `${random.pick(['/media/', '/media/thumb/', '/media/image/', '/', '/assets/'])}${tail}`
      const { status, type } = await ask(port, encodeControl(path), { Cookie: cookieFor(port, token) })
      if (status === 200) {
        served++
        expect(type).toBe('image/jpeg')
      } else expect([400, 403, 404, 405]).toContain(status)
    }
    // A few are well-formed by chance: these are photos of the library.
    expect(served).toBeLessThan(100)
  })

  test('refuses an upload that is too large in words, whether its length is announced or not', async () => {
    const headers = { Cookie: cookieFor(port, token) }
    const size = UPLOAD_BYTES + 1
    const parts = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < size; sent += 2 ** 22) controller.enqueue(new Uint8Array(2 ** 22))
        controller.close()
      },
    })
    for (const body of [new Uint8Array(size), parts]) {
      const sent = { method: 'POST', headers, body, duplex: 'half' as const }
      const response = await fetch(`http://127.0.0.1:${port}/media/upload`, sent)
      expect(response.status).toBe(413)
      const words = expect.stringContaining('64 MB') as string
      const details = { reason: 'file-too-large.upload', bytes: UPLOAD_BYTES }
      expect(await response.json()).toEqual({ code: 'file-too-large', message: words, details })
    }
  })

  test('takes the largest call of the contract over the socket', async () => {
    const client = new RpcClient({ connect: () => transport.connect() })
    const base64 = Buffer.alloc(HEAD_BYTES).toString('base64')
    const call = client.call('models.import', { name: 'large', base64 })
    await expect(call).rejects.toMatchObject({ code: 'head-invalid' })
    client.close()
  })

  test('refuses foreign hosts and origins', async () => {
    const own = `127.0.0.1:${port}`
    const cookie = cookieFor(port, token)
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `0.0.0.0:${port}`,
      `[::1]:${port}`,
    ]
    for (const host of hosts)
      expect((await ask(port, '/media/thumb/1?v=00', { Host: host, Cookie: cookie })).status, host).toBe(403)
    const origins = [
      'http://evil.example',
      'null',
      'file://',
      `https://${own}`,
      `http://${own}.evil.example`,
      `http://127.0.0.1:${port + 1}`,
    ]
    for (const origin of origins)
      expect(
        (await ask(port, '/media/thumb/1?v=00', { Host: own, Origin: origin, Cookie: cookie })).status,
        origin,
      ).toBe(403)
    expect(
      (await ask(port, '/media/thumb/1?v=00', { Host: own, Origin: `http://${own}`, Cookie: cookie })).status,
    ).toBe(200)
  })

  test('opens no socket without the secret and its own origin', async () => {
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }
    const own = `http://127.0.0.1:${port}`
    const tries: [string, Record<string, string>][] = [
      ['/rpc', { Origin: own }],
      ['/rpc', { Origin: own, Cookie: cookieFor(port, token) }],
      [`/rpc?token=${'%C3%A9'.repeat(token.length)}`, { Origin: own }],
      [`/rpc?token=${token}`, {}],
      [`/rpc?token=${token}`, { Origin: 'http://evil.example' }],
      [`/rpc?token=${token}`, { Origin: own, Host: 'evil.example' }],
      [`/other?token=${token}`, { Origin: own }],
    ]
    for (const [path, headers] of tries)
      expect((await ask(port, path, { ...upgrade, ...headers })).status, path).toBe(403)
  })
})

describe('media URL', () => {
  test('is parsed in its own forms only', () => {
    expect(parseMediaPath('thumb/12?v=ab')).toEqual({ kind: 'thumb', id: 12 })
    expect(parseMediaPath('image/12?v=ab&size=1280')).toEqual({ kind: 'image', id: 12, size: 1280 })
    for (const bad of [
      'thumb/0',
      'thumb/01',
      'thumb/-1',
      'thumb/1/',
      'thumb/1?v=',
      'image/1?v=a&size=7',
      'Thumb/1',
      'thumb/1\n',
      '',
    ])
      expect(parseMediaPath(bad), bad).toBeUndefined()
  })
})

/** Encodes control characters and spaces, which Node's client refuses in a path. */
const encodeControl = (path: string): string => path.replace(/[^\u0021-\u007e]/g, c => encodeURIComponent(c))
