import { chmod, mkdir } from 'node:fs/promises'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextStepFor } from '../../electron/hosts/next-steps.ts'
import { errorCodes } from '../../electron/shared/errors.ts'
import { addPipeAndSocket, makeMess, type Mess } from '../support/bad-photos.ts'
import { byPath, Cli, kindred, parseOnly, temporaryFolder, type IndexRun } from '../support/cli.ts'
import { asReader, makeFolderFor, userWithoutRights, type Reader } from '../support/other-user.ts'

const PHOTOS = 1000
/** Generous: it takes about five seconds on two cores. */
const AT_MOST_MS = 90_000

describe('import of 1,000 good photos and 60 bad files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let mess: Mess
  let reader: Reader
  let cli: Cli
  let first: IndexRun
  let sockets: Server

  beforeAll(async () => {
    folder = await temporaryFolder('bad-files')
    await chmod(folder.path, 0o755)
    reader = await userWithoutRights()
    const photos = join(folder.path, 'photos')
    await mkdir(photos)
    mess = await makeMess(photos, PHOTOS)
    sockets = await addPipeAndSocket(join(photos, 'pipes'))
    const library = join(folder.path, 'library')
    await makeFolderFor(reader, library)
    cli = new Cli(library, asReader(reader))
    first = await cli.index(photos)
  })

  afterAll(async () => {
    sockets.close()
    await Promise.all(mess.unreadable.map(path => chmod(path, 0o755)))
    await folder.remove()
  })

  /** Files that must be reported here: all that are bad for this user. */
  const expectedBad = (): Map<string, readonly string[]> => {
    const bad = new Map<string, readonly string[]>(mess.bad)
    if (reader.kind === 'none') for (const path of mess.unreadable) bad.delete(path)
    return bad
  }
  /** Without another user, the unreadable ones (three photos and one in a folder) are good photos. */
  const expectedPhotos = (): number => mess.distinct + (reader.kind === 'none' ? mess.unreadable.length : 0)

  test('the folder is as messy as it should be', () => {
    expect(new Set(mess.good).size).toBe(mess.good.length)
    expect(mess.distinct).toBe(PHOTOS)
    expect(mess.bad.size).toBeGreaterThanOrEqual(60)
  })

  test('runs to its end: status 3, in time, one JSON document', () => {
    expect(first.status).toBe(3)
    expect(first.millis).toBeLessThan(AT_MOST_MS)
    expect(parseOnly(first)).toEqual(first.result)
  })

  test('gives every good photo, whatever its name or place, and nothing else', () => {
    const { photos, added, copies, updated, moved, removed } = first.result
    expect({ photos, added, updated, moved, removed }).toEqual({
      photos: expectedPhotos(),
      added: expectedPhotos(),
      updated: 0,
      moved: 0,
      removed: 0,
    })
    expect(copies).toBe(mess.good.length - mess.distinct)
    const failed = byPath(first.result.failed)
    expect(mess.good.filter(path => failed.has(path))).toEqual([])
  })

  test('reports every bad file, with a code that fits and a message', ({ annotate }) => {
    if (reader.kind === 'none') void annotate(`Unreadable files are left out: ${reader.reason}.`)
    const failed = byPath(first.result.failed)
    const told = Array.from(
      expectedBad().keys(),
      path => [path, failed.get(path)?.code ?? 'not reported'] as const,
    )
    const unfit = told.filter(([path, code]) => !(mess.bad.get(path) as readonly string[]).includes(code))
    expect(unfit).toEqual([])
    for (const { message } of failed.values()) expect(message).toMatch(/^[A-Z].{10,}\.$/s)
  })

  test('reports each path once, and nothing that is not bad', () => {
    const { failed } = first.result
    const bad = expectedBad()
    expect(failed.map(({ path }) => path).filter(path => !bad.has(path))).toEqual([])
    expect(byPath(failed).size).toBe(failed.length)
    for (const { code } of failed) expect(errorCodes).toContain(code)
  })

  test('ignores files that neither are images nor have names of images', () => {
    const failed = byPath(first.result.failed)
    expect(mess.ignored.filter(path => failed.has(path))).toEqual([])
  })

  test('is the same at the second run, which adds nothing and is quick', async () => {
    const second = await cli.index(mess.root)
    expect(second.status).toBe(3)
    expect(second.result.failed).toEqual(first.result.failed)
    const { photos, added, updated, moved, removed, restored, copies } = second.result
    expect({ photos, added, updated, moved, removed, restored, copies }).toEqual({
      photos: expectedPhotos(),
      added: 0,
      updated: 0,
      moved: 0,
      removed: 0,
      restored: 0,
      copies: 0,
    })
    expect(second.millis).toBeLessThan(first.millis)
  })

  test('leaves an intact library, which can be searched by any name', async () => {
    const { ok, problems, photos } = await cli.doctor()
    expect({ ok, problems, photos }).toEqual({ ok: true, problems: [], photos: expectedPhotos() })
    const printable = mess.good.filter(path => path.isWellFormed())
    for (const path of [printable[0]!, printable[3]!, printable[9]!]) {
      const { results } = await cli.similar(['-k', '5', '--', path])
      expect(results).toHaveLength(5)
    }
  })

  test.runIf(process.platform === 'linux')('names photos whose names are no valid UTF-8', async () => {
    const { results } = await cli.similar(['-k', '100000', mess.good[0]!])
    const odd = results.map(({ path }) => path).filter(path => !path.isWellFormed())
    expect(odd.length).toBeGreaterThan(5)
    expect(odd.filter(path => !mess.good.includes(path))).toEqual([])
  })

  test('prints what to do about each file, in text without control characters', async () => {
    const run = await kindred(['index', mess.root, '--library', cli.library], asReader(reader))
    expect(run.status).toBe(3)
    expect(run.stdout).toContain(nextStepFor('too-many-pixels'))
    expect(run.stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f]/)
  })
})
