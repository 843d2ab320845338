import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveLibrary } from '../support/browser.ts'
import { temporaryFolder } from '../support/cli.ts'
import { join } from 'node:path'

describe('kindred serve', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder('serve')
  })
  afterAll(() => folder.remove())

  // A new engine is begun a little after the old one has ended, and takes a moment to be there.
  test.each([0, 150, 400, 1500])('ends when asked to %i ms after its engine was killed', async delay => {
    const served = await serveLibrary(join(folder.path, `library ${delay}`))
    process.kill(served.enginePid, 'SIGKILL')
    await wait(delay)
    const ended = await Promise.race([served.stop().then(() => true), wait(15_000, false)])
    if (!ended) process.kill(served.hostPid, 'SIGKILL')
    expect(ended).toBe(true)
  })
})
