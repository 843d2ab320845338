import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { addSamples } from '../../../../electron/engine/import/add-samples.ts'
import { JobRunner } from '../../../../electron/engine/runtime/jobs/job-runner.ts'
import { silentLog } from '../../../../electron/engine/runtime/log.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()

describe('addSamples', () => {
  let folder: string
  let imported: string[]
  let jobs: JobRunner
  const samplesDir = (): string => join(folder, 'rendered')
  const target = (): string => join(folder, 'library', 'samples')

  beforeEach(async () => {
    folder = scratch.folder()
    imported = []
    jobs = new JobRunner(scratch.catalog().jobs, silentLog, Date.now)
    for (const kind of ['coffee', 'dunes']) {
      await mkdir(join(samplesDir(), kind), { recursive: true })
      for (const n of [3, 1, 2])
        await writeFile(join(samplesDir(), kind, `${kind}-00${n}.jpg`), `${kind} ${n}`)
    }
    await writeFile(join(samplesDir(), 'sources.sha256'), 'key')
  })

  const add = (perKind: number, from: string | undefined = samplesDir()): Promise<number> =>
    addSamples({
      samplesDir: from,
      target: target(),
      perKind,
      jobs,
      startImport: path => imported.push(path),
    })
  const copied = async (): Promise<string[]> => (await readdir(target(), { recursive: true })).sort()
  const ended = async (id: number): Promise<ReturnType<JobRunner['list']>[number]> => {
    const job = () => jobs.list().find(candidate => candidate.id === id)!
    await expect.poll(() => job().state).toMatch(/done|failed|cancelled/)
    return job()
  }

  test('copies as many of each kind as asked for, the first ones, and then imports them', async () => {
    const job = await ended(await add(2))
    expect(job).toMatchObject({
      kind: 'samples',
      state: 'done',
      progress: { phase: 'copying', done: 4, total: 4 },
    })
    expect(await copied()).toEqual(
      ['coffee', 'dunes'].flatMap(kind => [
        kind,
        join(kind, `${kind}-001.jpg`),
        join(kind, `${kind}-002.jpg`),
      ]),
    )
    expect(await readFile(join(target(), 'dunes', 'dunes-002.jpg'), 'utf8')).toBe('dunes 2')
    expect(imported).toEqual([target()])
  })

  test('copies all that there are where more are asked for', async () => {
    await ended(await add(200))
    expect(await copied()).toHaveLength(2 + 6)
  })

  test('keeps a photo that is there already', async () => {
    await mkdir(join(target(), 'coffee'), { recursive: true })
    await writeFile(join(target(), 'coffee', 'coffee-001.jpg'), 'mine')
    await ended(await add(3))
    expect(await readFile(join(target(), 'coffee', 'coffee-001.jpg'), 'utf8')).toBe('mine')
    expect(await copied()).toHaveLength(2 + 6)
  })

  test('stops when the job is cancelled, and imports nothing', async () => {
    const id = await add(3)
    jobs.cancel(id)
    expect(await ended(id)).toMatchObject({ state: 'cancelled' })
    expect(imported).toEqual([])
  })

  test('records with the job that a photo could not be copied, and leaves no part of it', async () => {
    await mkdir(join(samplesDir(), 'coffee', 'coffee-000.jpg'))
    expect(await ended(await add(1))).toMatchObject({ state: 'failed' })
    expect(await copied()).toEqual(['coffee'])
    expect(imported).toEqual([])
  })

  test('fails with samples-missing where none are rendered', async () => {
    const missing = { code: 'samples-missing' }
    await expect(add(1, join(folder, 'nowhere'))).rejects.toMatchObject(missing)
    await mkdir(join(folder, 'empty'))
    await expect(add(1, join(folder, 'empty'))).rejects.toMatchObject(missing)
    await expect(
      addSamples({ samplesDir: undefined, target: target(), perKind: 1, jobs, startImport: () => undefined }),
    ).rejects.toMatchObject(missing)
  })
})
