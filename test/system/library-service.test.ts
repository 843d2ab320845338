import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { codeOf } from '../unit/engine/scratch.ts'
import { makeManyPhotos } from '../support/many-photos.ts'

const PHOTOS = 200

const folders: string[] = []
let engine: Engine | undefined

afterEach(async () => {
  await engine?.close()
  engine = undefined
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** A library, and two folders with the same number of photos. */
async function open(): Promise<{ engine: Engine; cats: string; dogs: string }> {
  const root = await mkdtemp(join(tmpdir(), 'kindred-test-'))
  folders.push(root)
  const [cats, dogs] = [join(root, 'cats'), join(root, 'dogs')]
  await makeManyPhotos(cats, PHOTOS, 1)
  await makeManyPhotos(dogs, PHOTOS, 2)
  engine = await openEngine({ libraryDir: join(root, 'library'), resourcesDir: resourcesDir(process.env) })
  return { engine, cats, dogs }
}

/** Waits until an import has recorded some photos, but not all of them. */
const underWay = ({ overview }: Engine): Promise<void> =>
  expect.poll(() => overview.status().photos, { interval: 5 }).toBeGreaterThan(16)

const imports = ({ jobs }: Engine): number => jobs.list().filter(({ kind }) => kind === 'import').length

describe('library service', () => {
  test('a second import of the same folder joins the first', async () => {
    const { engine, cats, dogs } = await open()
    const first = engine.library.startImport([cats, dogs])
    expect(engine.library.startImport([cats, dogs]).id).toBe(first.id)
    // A part of the folder that is being imported.
    expect(engine.library.startImport([dogs]).id).toBe(first.id)
    expect(imports(engine)).toBe(1)
    // With other options it is another import, which waits for its turn.
    const other = engine.library.startImport([dogs], { ignore: ['*.png'] })
    expect(other.id).not.toBe(first.id)
    expect(engine.jobs.list().find(({ id }) => id === other.id)?.progress.phase).toBe('waiting')
    expect((await first.done).added).toBe(2 * PHOTOS)
    await other.done
    // A finished import is not joined.
    expect(engine.library.startImport([cats, dogs]).id).not.toBe(first.id)
  })

  test('a cancelled import is not joined', async () => {
    const { engine, cats } = await open()
    const first = engine.library.startImport([cats])
    engine.jobs.cancel(first.id)
    const second = engine.library.startImport([cats])
    expect(second.id).not.toBe(first.id)
    expect(await codeOf(() => first.done)).toBe('cancelled')
    await second.done
    expect(engine.index.size).toBe(PHOTOS)
  })

  test('a folder that is removed while it is imported leaves no photo behind, and the rest is imported', async () => {
    const { engine, cats, dogs } = await open()
    engine.library.startImport([cats, dogs])
    await underWay(engine)
    await engine.library.removeFolder(cats)
    await expect.poll(() => engine.jobs.list().every(({ state }) => state !== 'running')).toBe(true)
    expect(engine.overview.roots()).toEqual([dogs])
    const paths = engine.overview.photos().map(({ path }) => path)
    expect(paths.filter(path => !path.startsWith(dogs))).toEqual([])
    expect(paths.length).toBe(PHOTOS)
    expect(engine.index.size).toBe(PHOTOS)
    expect((await engine.diagnostics.doctor()).problems).toEqual([])
  })

  test('a switch of versions waits for an import, and is made after it', async () => {
    const { engine, cats, dogs } = await open()
    await engine.library.import([cats])
    const importing = engine.library.startImport([dogs])
    const raw = engine.models.find('kindred-1-raw').id
    const switching = engine.models.use(raw)
    const phase = (): string | undefined =>
      engine.jobs.list().find(({ id }) => id === switching.id)?.progress.phase
    await expect.poll(phase, { interval: 5 }).toBe('waiting')
    await importing.done
    await switching.done
    expect(engine.index.version.headId).toBe(raw)
    expect(engine.index.size).toBe(2 * PHOTOS)
  })

  test('a paused import does not hold up the removal of another folder', async () => {
    const { engine, cats, dogs } = await open()
    await engine.library.import([cats])
    const importing = engine.library.startImport([dogs])
    await expect.poll(() => engine.overview.status().photos, { interval: 5 }).toBeGreaterThan(PHOTOS + 16)
    engine.jobs.pause(importing.id)
    await engine.library.removeFolder(cats)
    expect(engine.jobs.list().find(({ id }) => id === importing.id)?.state).toBe('paused')
    engine.jobs.resume(importing.id)
    await importing.done
    const paths = engine.overview.photos().map(({ path }) => path)
    expect(paths.filter(path => path.startsWith(dogs)).length).toBe(PHOTOS)
    expect(paths.length).toBe(PHOTOS)
    expect(engine.index.size).toBe(PHOTOS)
    expect((await engine.diagnostics.doctor()).problems).toEqual([])
  })
})
