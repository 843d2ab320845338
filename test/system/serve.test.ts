import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { lockLibrary } from '../../electron/engine/library/lock.ts'
import { startHttpHost } from '../../electron/hosts/http.ts'
import { nextStepFor } from '../../electron/hosts/next-steps.ts'
import { serveLibrary } from '../support/browser.ts'
import { Cli, kindred, repository, temporaryFolder } from '../support/cli.ts'

describe('kindred serve', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder('serve')
  })
  afterAll(() => folder.remove())

  // A new engine is started a little after the old one has ended, and needs a moment to be ready.
  test.each([0, 150, 400, 1500])('ends on request %i ms after its engine was killed', async delay => {
    const served = await serveLibrary(join(folder.path, `library ${delay}`))
    process.kill(served.enginePid, 'SIGKILL')
    await wait(delay)
    const ended = await Promise.race([served.stop().then(() => true), wait(15_000, false)])
    if (!ended) process.kill(served.hostPid, 'SIGKILL')
    expect(ended).toBe(true)
  })

  test('opens a library whose index can be neither loaded nor saved, and says so', async () => {
    const library = join(folder.path, 'no index')
    const cli = new Cli(library)
    expect((await cli.run(['doctor'])).status).toBe(0)
    await rm(join(library, 'index.kindred'), { force: true })
    await mkdir(join(library, 'index.kindred', 'in the way'), { recursive: true })
    const { ok, notes } = await cli.doctor()
    expect(ok).toBe(true)
    expect(notes).toContainEqual(expect.stringContaining('cannot be saved'))
  })

  test('ends when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    try {
      const { port } = other.address() as AddressInfo
      const { status } = await new Cli(join(folder.path, 'port')).run(['serve', '--port', String(port)])
      expect(status).toBe(1)
    } finally {
      other.close()
    }
  })
})

test.skipIf(process.platform !== 'linux')('npm start: reports why it does not start', async () => {
  const folder = await temporaryFolder('start')
  const lock = lockLibrary(layoutOf(folder.path))
  try {
    const program = [process.execPath, join(repository, 'electron/hosts/start.ts')]
    const env = { KINDRED_LIBRARY: folder.path, DISPLAY: undefined, WAYLAND_DISPLAY: undefined }
    const { status, stderr } = await kindred([], { program, env })
    expect(status).toBe(1)
    expect(stderr).toBe(`This library is open in another Kindred.\n${nextStepFor('library-in-use')}\n`)
  } finally {
    lock.release()
    await folder.remove()
  }
})

describe('kindred serve while a library is loading', () => {
  const rendererDir = join(import.meta.dirname, '..', '..', 'renderer')

  test('serves the page at once, and calls wait for the library', async () => {
    const opening = Promise.withResolvers<never>()
    const host = await startHttpHost(opening.promise, { rendererDir })
    const origin = `http://127.0.0.1:${host.port}`
    try {
      expect((await fetch(`${origin}/`)).status).toBe(200)
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc?token=${host.token}`, {
        headers: { origin },
      })
      const refused = new Promise(resolve =>
        socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode)),
      )
      expect(await Promise.race([refused, wait(300, 'waiting')])).toBe('waiting')
      opening.reject(new Error('It cannot be opened.'))
      expect(await refused).toBe(503)
    } finally {
      await host.close()
    }
  })
})
