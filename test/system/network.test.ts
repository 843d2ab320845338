import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import type { ModelSummary, SimilarResult } from '../../electron/shared/results.ts'
import { Cli, parseOnly, temporaryFolder } from '../support/cli.ts'
import { shapes, writePicture } from '../support/small-photos.ts'
import { network } from '../unit/engine/learning/deep/lesson.ts'

describe('imported network', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let photo: string
  let file: string
  let cli: Cli

  beforeAll(async () => {
    folder = await temporaryFolder('network')
    const photos = join(folder.path, 'photos')
    for (const shape of shapes.slice(0, 3))
      for (let n = 0; n < 6; n++)
        await writePicture(join(photos, shape, `${n}.jpg`), `${shape} ${n}`, 'jpg', {
          shape,
          width: 96,
          height: 96,
        })
    photo = join(photos, shapes[0]!, '0.jpg')
    file = join(folder.path, 'tiny.onnx')
    writeFileSync(file, network())
    cli = new Cli(join(folder.path, 'library'))
    expect((await cli.index(photos)).status).toBe(0)
  })
  afterAll(() => folder.remove())

  const similar = async (): Promise<SimilarResult> =>
    parseOnly(await cli.run(['similar', photo, '-k', '17'])) as SimilarResult

  test('resumes after a kill, computes features of all photos, and takes over; the previous one can be used again', async () => {
    const before = await similar()
    const importing = [
      'models',
      'import',
      file,
      '--size',
      '24',
      '--mean',
      '0.5,0.5,0.5',
      '--std',
      '0.25,0.25,0.25',
    ]
    await cli.run(importing, { onStart: child => void wait(700).then(() => child.kill('SIGKILL')) })
    expect((await similar()).results).toHaveLength(17)
    const run = await cli.run(importing)
    expect(run.status, run.stderr).toBe(0)
    expect(parseOnly(run)).toMatchObject({
      name: 'tiny-raw',
      origin: 'imported',
      active: true,
      dimension: 16,
    })
    const after = await similar()
    expect(after).toMatchObject({ model: 'tiny-raw' })
    expect(after.results).toHaveLength(17)
    expect(await cli.doctor()).toMatchObject({ ok: true, problems: [] })

    // New photos get its features.
    const late = join(folder.path, 'photos', 'late.jpg')
    await writePicture(late, 'late', 'jpg', { width: 96, height: 96 })
    expect((await cli.index(join(folder.path, 'photos'))).result).toMatchObject({ added: 1 })
    expect((await similar()).results).toHaveLength(17)

    expect((await cli.run(['models', 'use', 'kindred-1'])).status).toBe(0)
    const again = await similar()
    expect(again.model).toBe('kindred-1')
    expect(again.results.filter(({ path }) => path !== late).map(({ path }) => path)).toEqual(
      before.results
        .filter(({ path }) => again.results.some(result => result.path === path))
        .map(({ path }) => path),
    )
    const { models } = parseOnly(await cli.run(['models', 'list'])) as { models: ModelSummary[] }
    expect(models.map(({ name }) => name)).toEqual(['tiny-raw', 'kindred-1-raw', 'kindred-1'])
  })

  test('leaves searches running while it computes features of all photos', async () => {
    const libraryDir = join(folder.path, 'another library')
    const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
    try {
      await engine.library.import([join(folder.path, 'photos')])
      const preprocessing = { size: 24, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const
      const job = engine.models.importNetwork({ file, name: 'tiny', preprocessing })
      const waiting = { ended: false }
      void job.done.finally(() => (waiting.ended = true))
      const models: string[] = []
      while (!waiting.ended) {
        const { model, results } = await engine.search.similar({ images: [{ path: photo }], k: 17 })
        expect(results).toHaveLength(17)
        models.push(model)
      }
      await job.done
      // The previous network serves searches until all features are there, and never again afterwards.
      expect(models[0]).toBe('kindred-1')
      expect(models.slice(0, models.lastIndexOf('kindred-1'))).not.toContain('tiny-raw')
      expect(await engine.search.similar({ images: [{ path: photo }], k: 17 })).toMatchObject({
        model: 'tiny-raw',
      })
    } finally {
      await engine.close()
    }
  })

  test.each<[string, string[], RegExp]>([
    ['one without a size', [], /--size/],
    ['numbers that are none', ['--mean', '1,2'], /Three numbers/],
  ])('is refused with a message: %s', async (_, more, words) => {
    const run = await cli.run(['models', 'import', file, ...more])
    expect(run.status).not.toBe(0)
    expect(run.stderr).toMatch(words)
    expect(run.stderr).not.toContain('    at ')
  })
})
