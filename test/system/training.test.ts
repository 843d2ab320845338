import { cp, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngineServer } from '../../electron/engine/engine.ts'
import { openEngine } from '../../electron/engine/engine.ts'
import { unpackHead } from '../../electron/engine/learning/versions/head-file.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { Random } from '../../electron/shared/random.ts'
import type { EvaluateResult, Metrics, ModelSummary } from '../../electron/shared/results.ts'
import { Cli, parseOnly, temporaryFolder, type CliRun } from '../support/cli.ts'
import { strayFiles } from '../support/library-contents.ts'
import { poorHead } from '../support/poor-head.ts'
import { shapes, writePicture } from '../support/small-photos.ts'
import type { TrainingReport } from '../../electron/shared/training-report.ts'

const ALBUMS = 4
const PHOTOS = 12
/** Each takes as long as half a training; the campaigns of test/reliability kill more often, with a small network. */
const KILLS = 4
const SEED = 7
/** Far longer than needed, for busy machines. */
const PATIENCE = 900_000

interface Album {
  readonly name: string
  readonly photos: number
}

/** Waits for a run, which must succeed. */
async function answer<T>(run: Promise<CliRun>): Promise<T> {
  const ended = await run
  expect(ended.stderr).not.toMatch(/internal|unforeseen|damaged/i)
  expect(ended.status, ended.stderr).toBe(0)
  return parseOnly(ended) as T
}

const albumsOf = async (cli: Cli): Promise<readonly Album[]> =>
  (await answer<{ albums: Album[] }>(cli.run(['album', 'list']))).albums
const modelsOf = async (cli: Cli): Promise<readonly ModelSummary[]> =>
  (await answer<{ models: ModelSummary[] }>(cli.run(['models', 'list']))).models
const train = (cli: Cli): Promise<TrainingReport> => answer(cli.run(['train', '--seed', String(SEED)]))

async function expectSound(cli: Cli): Promise<void> {
  const { ok, problems } = await cli.doctor()
  expect({ ok, problems }).toEqual({ ok: true, problems: [] })
}

describe('training on albums', { timeout: PATIENCE }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let cli: Cli
  let twin: Cli
  let killed: Cli
  let closed: Cli
  let albums: readonly Album[]
  let report: TrainingReport
  /** How long an undisturbed training takes here, in milliseconds. */
  let duration: number

  beforeAll(async () => {
    folder = await temporaryFolder('training')
    const photos = join(folder.path, 'photos')
    for (const shape of shapes.slice(0, ALBUMS))
      for (let i = 0; i < PHOTOS; i++)
        await writePicture(join(photos, shape, `${i}.jpg`), `${shape} ${i}`, 'jpg', {
          shape,
          width: 96,
          height: 96,
        })
    cli = new Cli(join(folder.path, 'library'))
    expect(await answer(cli.run(['album', 'import', photos]))).toEqual({
      albums: ALBUMS,
      created: ALBUMS,
      photos: ALBUMS * PHOTOS,
      failed: [],
    })
    albums = await albumsOf(cli)

    // The first version is almost random, so that any training is better.
    const poor = join(folder.path, 'poor.kindredhead')
    await writeFile(poor, await poorHead())
    expect(await answer(cli.run(['models', 'import', poor]))).toMatchObject({
      name: 'poor',
      origin: 'imported',
    })
    expect(await answer(cli.run(['models', 'use', 'poor']))).toMatchObject({ name: 'poor', active: true })
    twin = new Cli(join(folder.path, 'twin'))
    killed = new Cli(join(folder.path, 'killed'))
    closed = new Cli(join(folder.path, 'closed'))
    for (const copy of [twin, killed, closed]) await cp(cli.library, copy.library, { recursive: true })
  }, PATIENCE)

  afterAll(() => folder.remove())

  test('gives a report, the same for the same seed', async () => {
    const started = performance.now()
    const [first, second] = await Promise.all([train(cli), train(twin)])
    duration = performance.now() - started
    report = first
    expect(report).toMatchObject({
      accepted: true,
      reason: 'improved',
      model: 'trained-1',
      previous: 'poor',
      albums: ALBUMS,
      photos: ALBUMS * PHOTOS,
      seed: SEED,
      deep: false,
    })
    expect(report.seconds).toBeGreaterThan(0)
    for (const metrics of [report.before, report.after, report.baseline]) expectMetrics(metrics)
    expect(report.after.queries).toBe(report.before.queries)
    expect(report.after.mapAtR - report.before.mapAtR).toBeCloseTo(report.gain.mapAtR.mean, 6)
    expect(report.after.mapAtR).toBeGreaterThan(report.before.mapAtR)
    expect(report.perAlbum.map(({ album }) => album).sort()).toEqual(shapes.slice(0, ALBUMS).sort())
    for (const { photos, before, after } of report.perAlbum) {
      expect(photos).toBe(PHOTOS)
      expectMetrics(before)
      expectMetrics(after)
    }
    expect(report.heldOut).toBeGreaterThanOrEqual((ALBUMS * PHOTOS) / 5)
    expect(report.curve.at(-1)!.step).toBeGreaterThanOrEqual(60)
    expect(report.map.ids).toHaveLength(ALBUMS * PHOTOS)
    const typical = report.typical!
    expect(typical.better).toBeGreaterThan(typical.changed - typical.better)
    expect(typical.after.ids).toHaveLength(6)
    expect([...typical.before.ids, ...typical.after.ids]).not.toContain(typical.photo)

    const untimed = ({ seconds, createdAt, ...rest }: TrainingReport): unknown => {
      expect([seconds > 0, createdAt > 0]).toEqual([true, true])
      return rest
    }
    expect(untimed(second)).toEqual(untimed(first))
  })

  test('keeps all versions, which can be listed, used, exported and imported', async () => {
    const models = await modelsOf(cli)
    expect(models.map(({ name, origin, active }) => [name, origin, active])).toEqual([
      ['trained-1', 'trained', true],
      ['poor', 'imported', false],
      ['kindred-1-raw', 'bundled', false],
      ['kindred-1', 'bundled', false],
    ])
    expect(models[0]).toMatchObject({ accepted: true, albums: ALBUMS, after: report.after })
    expect(await answer(cli.run(['models', 'report', 'trained-1']))).toEqual(report)

    const file = join(folder.path, 'head')
    const exported = await answer<{ file: string; bytes: number }>(
      cli.run(['models', 'export', 'trained-1', file]),
    )
    expect(exported).toEqual({ file, bytes: (await stat(file)).size })
    expect(unpackHead(await readFile(file)).name).toBe('trained-1')
    const taken = await answer<ModelSummary>(cli.run(['models', 'import', file]))
    expect(taken).toMatchObject({ origin: 'imported', active: false, accepted: null })
    expect(taken.name).not.toBe('trained-1')
    // By its name, and by its number.
    expect(await answer(cli.run(['models', 'use', taken.name]))).toMatchObject({ id: taken.id, active: true })
    expect((await cli.doctor()).model).toBe(taken.name)
    expect(await answer(cli.run(['models', 'use', String(models[0]!.id)]))).toMatchObject({
      name: 'trained-1',
    })
    await expectSound(cli)
  })

  test('is evaluated on albums, closed and disjoint', async () => {
    const closed = await answer<EvaluateResult>(cli.run(['evaluate', '--split', 'closed']))
    expectMetrics(closed)
    expect(closed).toMatchObject({
      split: 'closed',
      model: 'trained-1',
      classes: ALBUMS,
      photos: ALBUMS * PHOTOS,
    })
    expect(closed.queries).toBe(report.heldOut)
    const poor = await answer<EvaluateResult>(cli.run(['evaluate', '--model', 'poor']))
    expect(poor).toMatchObject({ split: 'closed', model: 'poor', queries: closed.queries })
    expect(poor.mapAtR).toBeLessThan(closed.mapAtR)
    const disjoint = await answer<EvaluateResult>(cli.run(['evaluate', '--split', 'disjoint']))
    expectMetrics(disjoint)
    expectMetrics(disjoint.before!)
    expect(disjoint).toMatchObject({ split: 'disjoint', classes: ALBUMS / 2, queries: (ALBUMS / 2) * PHOTOS })
    // Nothing of it is kept.
    expect((await modelsOf(cli)).map(({ name }) => name)).toHaveLength(5)
  })

  test.each<[string, string[], number, RegExp]>([
    ['a seed that is no number', ['train', '--seed', 'x'], 2, /whole number/],
    ['an unknown split', ['evaluate', '--split', 'open'], 2, /closed, disjoint/],
    ['an unknown version', ['models', 'use', 'nothing'], 1, /no model version "nothing".*poor/],
    ['a missing report', ['models', 'report', 'kindred-1'], 1, /not trained here/],
    ['a missing head', ['models', 'export', 'kindred-1-raw', 'x'], 1, /backbone itself/],
    ['an unwritable file', ['models', 'export', 'trained-1', '/proc/no/such'], 1, /cannot be written/],
    ['a missing file', ['models', 'import', 'no-such-file'], 1, /cannot be read/],
    ['a file that is no head', ['models', 'import', 'package.json'], 1, /not a head/],
    ['an unknown version to evaluate', ['evaluate', '--model', 'nothing'], 1, /no model version/],
  ])('refuses %s with a status and a message', async (_, args, status, words) => {
    const run = await cli.run(args)
    expect(run).toMatchObject({ status, stdout: '' })
    expect(run.stderr).toMatch(words)
    expect(run.stderr).not.toContain('    at ')
  })

  test('needs albums', async () => {
    const empty = new Cli(join(folder.path, 'empty'))
    await answer(empty.run(['album', 'create', 'Lonely']))
    const run = await empty.run(['train'])
    expect(run).toMatchObject({ status: 1, stdout: '' })
    expect(run.stderr).toMatch(
      /2 albums of at least 5 different photos; there are none.*“Lonely” needs 5 more/,
    )
  })

  test('resumes by itself after the library was closed meanwhile', async () => {
    const options = { libraryDir: closed.library, resourcesDir: resourcesDir(process.env) }
    const first = await openEngine(options)
    const { id } = first.models.train({ seed: SEED, deep: false })
    await expect.poll(() => first.models.live?.curve.length ?? 0, { timeout: PATIENCE }).toBeGreaterThan(2)
    await first.close()

    const service = await openEngineServer(options)
    const { jobs, models } = service.services
    try {
      const state = (): string => jobs.list().find(job => job.id === id)!.state
      await expect
        .poll(
          () => {
            // On a busy machine it waits until it is forced.
            if (state() === 'paused') jobs.resume(id)
            return state()
          },
          { timeout: PATIENCE, interval: 100 },
        )
        .toBe('done')
      const inUse = models.list().find(({ active }) => active)!
      expect(inUse.name).toBe('trained-1')
      expect(models.report(inUse.id).after).toEqual(report.after)
    } finally {
      await service.close()
    }
    await expectSound(closed)
  })

  test('cut off in the swap, switches to the trained version instead of training again', async () => {
    await answer(twin.run(['models', 'use', 'poor']))
    const before = (await modelsOf(twin)).length
    const engine = await openEngine({ libraryDir: twin.library, resourcesDir: resourcesDir(process.env) })
    const stop = new AbortController()
    const { done } = engine.models.train(
      { seed: SEED + 1, deep: false },
      { signal: stop.signal, onProgress: ({ phase }) => phase === 'switching' && stop.abort() },
    )
    await expect(done).rejects.toMatchObject({ code: 'cancelled' })
    expect(engine.index.version.name).toBe('poor')
    await engine.close()
    expect(await modelsOf(twin)).toHaveLength(before + 1)

    const last = await answer<TrainingReport>(twin.run(['train', '--seed', String(SEED + 1)]))
    const models = await modelsOf(twin)
    expect(models).toHaveLength(before + 1)
    expect(models.find(({ active }) => active)?.name).toBe(last.model)
    await expectSound(twin)
  })

  test(`killed ${KILLS} times at random moments loses nothing, and has the same result in the end`, async () => {
    const random = new Random('kills of trainings')
    const before = await modelsOf(killed)
    let kills = 0
    const attempt = async (
      args: string[],
      moment: (child: ChildProcess) => Promise<unknown>,
    ): Promise<void> => {
      const run = await killed.run(args, {
        onStart: child => void moment(child).then(() => child.kill('SIGKILL')),
      })
      expect(run.stderr).not.toMatch(/internal|unforeseen|damaged/i)
      if (run.signal === 'SIGKILL') kills++
    }
    const training = ['train', '--seed', String(SEED)]
    for (let i = 0; i < KILLS - 3; i++) {
      // Most of them early, to save time.
      const moment = 200 + 0.9 * duration * random.next() ** 2
      await attempt(training, () => wait(moment))
      await expectSound(killed)
    }
    // While it switches to the new version after training …
    await attempt(training, child => indexWritten(killed, child))
    await expectSound(killed)
    // … and while it switches on request.
    for (const name of ['kindred-1', 'poor'])
      await attempt(['models', 'use', name], async child => {
        await indexWritten(killed, child)
        await wait(random.int(0, 40))
      })
    expect(kills).toBeGreaterThanOrEqual(KILLS - 3)

    await expectSound(killed)
    await answer(killed.run(['models', 'use', 'poor']))
    const last = await train(killed)
    expect(last).toMatchObject({ accepted: true, previous: 'poor' })
    expect(last.before).toEqual(report.before)
    expect(last.after).toEqual(report.after)
    await expectSound(killed)
    expect(await albumsOf(killed)).toEqual(albums)
    const after = await modelsOf(killed)
    expect(after).toEqual(expect.arrayContaining(before.map(model => ({ ...model, active: false }))))
    expect(after.filter(({ active }) => active).map(({ name }) => name)).toEqual([last.model])
    expect(strayFiles(killed.library)).toEqual([])
  })
})

function expectMetrics(metrics: Metrics): void {
  const { queries, recallAt1, recallAt10, rPrecision, mapAtR, interval } = metrics
  expect(queries).toBeGreaterThan(0)
  for (const value of [recallAt1, recallAt10, rPrecision, mapAtR]) {
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThanOrEqual(1)
  }
  expect(interval.mapAtR[0]).toBeLessThanOrEqual(mapAtR)
  expect(interval.mapAtR[1]).toBeGreaterThanOrEqual(mapAtR)
}

/** Waits until the process writes another index, or has ended. */
async function indexWritten({ library }: Cli, child: ChildProcess): Promise<void> {
  const state = async (): Promise<string> => {
    const [file, unfinished] = await Promise.all(
      ['index.kindred', 'index.kindred.tmp'].map(name => stat(join(library, name)).catch(() => undefined)),
    )
    return `${file?.ino} ${file?.mtimeMs} ${unfinished?.ino}`
  }
  const before = await state()
  while ((await state()) === before && child.exitCode === null) await wait(1)
}
