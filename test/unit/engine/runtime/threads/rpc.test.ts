import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { WorkerClient } from '../../../../../electron/engine/runtime/threads/rpc.ts'
import type { HastyWorkerApi } from '../../../../support/workers/hasty.worker.ts'
import type { TroubledWorkerApi } from '../../../../support/workers/troubled.worker.ts'
import { codeOf, Scratch } from '../../scratch.ts'

type Client = WorkerClient<TroubledWorkerApi>

const workers = new URL('../../../../support/workers/', import.meta.url)
const file = new URL('troubled.worker.ts', workers)
const scratch = new Scratch()
const clients: Client[] = []
afterEach(() => Promise.all(clients.splice(0).map(client => client.close())))

function start(): Client {
  const client = new WorkerClient<TroubledWorkerApi>(file)
  clients.push(client)
  return client
}

describe('worker threads: a worker', () => {
  test('answers calls one after the other, each with its own answer', async () => {
    const worker = start()
    const order: number[] = []
    const note = async (answer: Promise<unknown>): Promise<unknown> => {
      const value = await answer
      order.push(value as number)
      return value
    }
    const answers = [
      note(worker.call('slowly', 1, 60)),
      note(worker.call('slowly', 2, 1)),
      note(worker.call('echo', 3)),
    ]
    expect(await Promise.all(answers)).toEqual([1, 2, 3])
    expect(order).toEqual([1, 2, 3])
  })

  test('gets and answers values that no JSON could carry', async () => {
    const worker = start()
    const value = {
      list: [1, undefined, NaN],
      map: new Map([['a', 1n]]),
      floats: Float32Array.of(1.5),
      at: new Date(5),
    }
    expect(await worker.call('echo', value)).toEqual(value)
  })

  test('passes failures on with their codes, and goes on', async () => {
    const worker = start()
    expect(await codeOf(() => worker.call('fail'))).toBe('disk-full')
    expect(await codeOf(() => worker.call('failOddly'))).toBe('internal')
    await expect(worker.call('failOddly')).rejects.toThrow('oops')
    expect(await codeOf(() => worker.call('answerNothingThatCanBeSent'))).toBe('internal')
    expect(await worker.call('echo', 1)).toBe(1)
    expect(worker.alive).toBe(true)
  })

  test('gets and hands over buffers without copying them', async () => {
    const worker = start()
    const bytes = new Uint8Array(1000).fill(3)
    expect(await worker.callWith([bytes.buffer], 'echo', bytes)).toEqual(new Uint8Array(1000).fill(3))
    expect(bytes.byteLength).toBe(0)
    expect(await worker.call('move', 500)).toEqual(new Uint8Array(500).fill(7))
  })
})

describe('worker threads: a worker that dies', () => {
  test.each(['exit', 'crash'] as const)(
    'by %s rejects everything that waits for it, and all that comes later',
    async death => {
      const worker = start()
      expect(await worker.call('echo', 1)).toBe(1)
      const waiting = [
        worker.call('slowly', 1, 5),
        worker.call(death),
        worker.call('echo', 2),
        worker.call('slowly', 3, 5),
      ]
      const [first, ...lost] = await Promise.allSettled(waiting)
      expect(first).toEqual({ status: 'fulfilled', value: 1 })
      expect(lost).toHaveLength(3)
      for (const outcome of lost)
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'worker-gone' } })
      expect(worker.alive).toBe(false)
      expect(await codeOf(() => worker.call('echo', 4))).toBe('worker-gone')
    },
  )

  test('because it is closed does the same, and may be closed again', async () => {
    const worker = start()
    const waiting = worker.call('slowly', 1, 10_000)
    const outcome = codeOf(() => waiting)
    await worker.close()
    expect(await outcome).toBe('worker-gone')
    expect(worker.alive).toBe(false)
    await worker.close()
  })

  test('because its file is not there says so', async () => {
    const worker = new WorkerClient<TroubledWorkerApi>(new URL('no-such.worker.ts', workers))
    await expect(worker.call('echo', 1)).rejects.toMatchObject({ code: 'worker-gone' })
    expect(worker.alive).toBe(false)
  })
})

/** Runs a program that uses the worker, in a process of its own. Returns whether it ended by itself. */
function ends(program: string): boolean {
  const rpc = new URL('../../../../../electron/engine/runtime/threads/rpc.ts', import.meta.url).href
  const script = `
    import { WorkerClient } from ${JSON.stringify(rpc)}
    const worker = new WorkerClient(new URL(${JSON.stringify(file.href)}))
    ${program}`
  const path = join(scratch.folder(), 'program.mjs')
  writeFileSync(path, script)
  return spawnSync(process.execPath, [path], { timeout: 30_000 }).status === 0
}

describe('worker threads: a program with a worker', () => {
  test('ends by itself once nothing waits for the worker, and not before', () => {
    expect(ends(`await worker.call('echo', 1)`)).toBe(true)
    expect(ends(`if (await worker.call('slowly', 5, 100) !== 5) process.exit(1)`)).toBe(true)
  })

  test('closes it in peace while answers still come', () => {
    // Status 13 is what Node says where nothing is left that could end the wait.
    expect(
      ends(`
        await worker.call('echo', 0)
        worker.call('echo', 1).catch(() => undefined)
        // The answer is there, and not read yet.
        for (const until = Date.now() + 300; Date.now() < until;);
        await worker.close()`),
    ).toBe(true)
  })

  test('ends although it has once called with what cannot be sent', () => {
    expect(ends(`await worker.call('echo', () => 1).catch(() => undefined)`)).toBe(true)
  })
})

describe('worker threads: a worker that takes up calls at once', () => {
  test('answers a later call while an earlier one waits', async () => {
    const worker = new WorkerClient<HastyWorkerApi>(new URL('hasty.worker.ts', workers))
    try {
      const waiting = worker.call('waitAtGate', 1)
      expect(await codeOf(() => worker.call('fail'))).toBe('disk-full')
      await worker.call('openGate')
      expect(await waiting).toBe(1)
    } finally {
      await worker.close()
    }
  })
})
