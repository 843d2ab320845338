import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextStepFor } from '../../electron/hosts/next-steps.ts'
import { ensurePage } from '../../electron/hosts/page.ts'
import { serveLibrary, type Served } from '../support/browser.ts'
import { Cli, temporaryFolder } from '../support/cli.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder('hosts')
})
afterAll(() => folder.remove())

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the engine of kindred serve', () => {
  let served: Served
  let port: number
  beforeAll(async () => {
    served = await serveLibrary(join(folder.path, 'library'))
    port = Number(new URL(served.url).port)
  })
  afterAll(() => served.stop())

  /** Asks for the socket, then does something to the connection; resolves when it is closed. */
  const upgrade = (query: string, origin: string, then?: (socket: ReturnType<typeof connect>) => void) =>
    new Promise<string>(resolve => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `GET /rpc${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\n` +
            'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        )
        then?.(socket)
      })
      socket.on('data', data => (received += data.toString('latin1')))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(received))
      socket.setTimeout(2000, () => socket.destroy())
    })

  test('survives tokens with letters beyond ASCII', async () => {
    const { length } = new URLSearchParams(new URL(served.url).hash.slice(1)).get('token')!
    for (let i = 0; i < 8; i++) {
      const response = await upgrade(`?token=${'%C3%A9'.repeat(length)}`, `http://127.0.0.1:${port}`)
      expect(response).toMatch(/^HTTP\/1.1 403 /)
    }
    expect(isAlive(served.enginePid)).toBe(true)
  })

  test('survives refused sockets that are reset', async () => {
    const resets: ((socket: ReturnType<typeof connect>) => void)[] = [
      socket => setImmediate(() => socket.resetAndDestroy()),
      socket => setTimeout(() => socket.resetAndDestroy(), 1),
      socket => {
        socket.write('y'.repeat(200_000))
        setTimeout(() => socket.resetAndDestroy(), 2)
      },
      socket => socket.once('data', () => socket.resetAndDestroy()),
    ]
    for (let i = 0; i < 600; i++) await upgrade('', 'http://evil.example', resets[i % resets.length])
    expect(isAlive(served.enginePid)).toBe(true)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  test.skipIf(process.platform !== 'linux')('has its secret in no command line', () => {
    const token = new URLSearchParams(new URL(served.url).hash.slice(1)).get('token')!
    for (const pid of [served.hostPid, served.enginePid])
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(token)
  })
})

describe('kindred serve without a page', () => {
  test('says how to get it', async () => {
    const empty = join(folder.path, 'no page')
    await mkdir(empty)
    const { status, stderr } = await new Cli(join(folder.path, 'unserved')).run(['serve'], {
      env: { KINDRED_RENDERER: empty },
    })
    expect(status).toBe(1)
    expect(stderr).toContain(nextStepFor('page-missing'))
  })

  test('builds it in a checkout', async () => {
    const page = join(folder.path, 'dist', 'renderer')
    const said: string[] = []
    await ensurePage(page, line => said.push(line), page)
    expect(said).toHaveLength(1)
    expect(readdirSync(page)).toContain('index.html')
    expect(readdirSync(join(folder.path, 'dist'))).toEqual(['renderer'])
    await ensurePage(page, line => said.push(line), page)
    expect(said).toHaveLength(1)
  })
})
