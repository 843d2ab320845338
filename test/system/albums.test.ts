import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../../electron/shared/random.ts'
import type { SimilarResult } from '../../electron/shared/results.ts'
import { Cli, parseOnly, temporaryFolder, type CliRun } from '../support/cli.ts'
import { shapes, writePicture } from '../support/small-photos.ts'

const PER_SHAPE = 6
const KINDS = shapes.slice(0, 3)
const KILLS = 10

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
let cli: Cli

const path = (kind: string, n: number): string => join(photos, kind, `${n}.jpg`)

async function album<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const run = await cli.run(['album', ...args])
  expect(run.status, run.stderr).toBe(0)
  return parseOnly(run) as T
}

const names = async (): Promise<string[]> =>
  (await album<{ albums: { name: string }[] }>('list')).albums.map(({ name }) => name)
const counts = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await album<{ albums: { name: string; photos: number }[] }>('list')).albums.map(a => [a.name, a.photos]),
  )

beforeAll(async () => {
  folder = await temporaryFolder('albums')
  photos = join(folder.path, 'photos')
  for (const shape of KINDS)
    for (let n = 0; n < PER_SHAPE; n++)
      await writePicture(path(shape, n), `${shape} ${n}`, 'jpg', { shape, width: 96, height: 96 })
  cli = new Cli(join(folder.path, 'library'))
  expect((await cli.index(photos)).status).toBe(0)
})
afterAll(() => folder.remove())

describe('command line: album', () => {
  test('creates, fills, renames and empties albums', async () => {
    expect(await album('create', ' Circles ')).toMatchObject({ name: 'Circles' })
    expect(await album('add', 'Circles', path(KINDS[0]!, 0), path(KINDS[0]!, 1))).toMatchObject({
      added: 2,
      photos: 2,
      failed: [],
    })
    // A second time changes nothing; a folder stands for all photos in it.
    expect(await album('add', 'circles', join(photos, KINDS[0]!))).toMatchObject({ added: 4, photos: 6 })
    expect(await album('remove', 'Circles', path(KINDS[0]!, 0))).toMatchObject({ removed: 1, photos: 5 })
    await album('rename', 'Circles', 'Round things')
    expect(await counts()).toEqual({ 'Round things': 5 })
  })

  test('undoes and redoes changes of earlier runs', async () => {
    expect(await album('undo')).toEqual({ label: expect.stringContaining('Round things') as string })
    expect(await names()).toEqual(['Circles'])
    await album('undo')
    expect(await counts()).toEqual({ Circles: 6 })
    await album('redo')
    await album('redo')
    expect(await counts()).toEqual({ 'Round things': 5 })
    expect(await album('redo')).toEqual({ label: null })
  })

  test('restores deleted albums completely', async () => {
    await album('delete', 'Round things')
    expect(await names()).toEqual([])
    await album('undo')
    expect(await counts()).toEqual({ 'Round things': 5 })
  })

  test('results name albums, and searches can be limited to one', async () => {
    const found = await cli.run(['similar', path(KINDS[0]!, 0), '-k', '20', '--album', 'Round things'])
    const { results } = parseOnly(found) as SimilarResult
    expect(results).toHaveLength(5)
    for (const result of results) expect(result.albums).toEqual(['Round things'])
  })

  test('suggests photos, and remembers refusals', async () => {
    const { suggestions } = await album<{ suggestions: { path: string; confidence: number }[] }>(
      ...['suggest', 'Round things', '-k', '5'],
    )
    expect(suggestions.length).toBeGreaterThan(0)
    const [first] = suggestions
    expect(first!.confidence).toBeGreaterThan(0)
    expect(first!.confidence).toBeLessThanOrEqual(1)
    await album('refuse', 'Round things', first!.path)
    const again = await album<typeof first & { suggestions: { path: string }[] }>('suggest', 'Round things')
    expect(again.suggestions.map(suggestion => suggestion.path)).not.toContain(first!.path)
    expect((await album<{ questions: unknown[] }>('ask', '-k', '3')).questions.length).toBeLessThanOrEqual(3)
  })

  test.each<[string, string[], number, RegExp]>([
    ['a name twice', ['create', 'round THINGS'], 1, /already/],
    ['no name', ['create', '  '], 2, /name/],
    ['an unknown album', ['add', 'Nothing', '.'], 1, /no album/i],
    ['a missing folder', ['import', '/no/such/folder'], 1, /no folder|not found|does not exist/i],
    ['photos outside the library', ['add', 'Round things', '/no/such.jpg'], 3, /no photo of the library/],
  ])('refuses %s with a status and a message', async (_, args, status, words) => {
    const run = await cli.run(['album', ...args])
    expect(run.status, run.stderr).toBe(status)
    expect(run.stderr + run.stdout).toMatch(words)
    expect(run.stderr).not.toContain('    at ')
  })

  test(`keeps every change that was reported as done, killed ${KILLS} times`, async () => {
    const random = new Random('kills of album commands')
    const done = new Set(await names())
    const begun = new Set(done)
    for (let i = 0; i < KILLS; i++) {
      const name = `Killed ${i}`
      begun.add(name)
      const run: CliRun = await cli.run(['album', 'create', name], {
        onStart: child => void wait(random.int(250, 700)).then(() => child.kill('SIGKILL')),
      })
      if (run.stdout !== '') done.add(name)
    }
    const kept = await names()
    for (const name of done) expect(kept).toContain(name)
    for (const name of kept) expect(begun).toContain(name)
    expect(await cli.doctor()).toMatchObject({ ok: true, problems: [] })
    expect((await counts())['Round things']).toBe(5)
  })
})
