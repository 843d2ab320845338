import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { PIPELINE_VERSION } from '../../electron/engine/library/pipeline-version.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { codeOf } from '../unit/engine/scratch.ts'
import { makeManyPhotos } from '../support/many-photos.ts'

const PHOTOS = 200
/** Enough for an import to be cut off in its midst. */
const FEW = 64

const folders: string[] = []
let engine: Engine | undefined

afterEach(async () => {
  await engine?.close()
  engine = undefined
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const options = (root: string) => ({
  libraryDir: join(root, 'library'),
  resourcesDir: resourcesDir(process.env),
})

/** Expects that the index holds what the catalog says can be searched. */
function expectInStep({ catalog, index }: Engine): void {
  const searchable = catalog.features.searchableIds(index.version.backboneId, PIPELINE_VERSION)
  expect([...index.photos].sort((a, b) => a - b)).toEqual(searchable)
}

/** A library, and two folders with the same number of photos. */
async function open(photos = PHOTOS): Promise<{ engine: Engine; root: string; cats: string; dogs: string }> {
  const root = await mkdtemp(join(tmpdir(), 'kindred-test-'))
  folders.push(root)
  const [cats, dogs] = [join(root, 'cats'), join(root, 'dogs')]
  await makeManyPhotos(cats, photos, 1)
  await makeManyPhotos(dogs, photos, 2)
  engine = await openEngine(options(root))
  return { engine, root, cats, dogs }
}

/** Waits until an import has recorded some photos, but not all of them. */
const underWay = ({ overview }: Engine): Promise<void> =>
  expect.poll(() => overview.status().photos, { interval: 5 }).toBeGreaterThan(16)

/** Begins an import and closes the library as soon as its files are found. */
async function cutOff(engine: Engine, folders: readonly string[]): Promise<void> {
  const stop = new AbortController()
  const onProgress = ({ phase }: { phase: string }): void => {
    if (phase === 'importing') stop.abort()
  }
  const cut = engine.library.import(folders, { signal: stop.signal, onProgress })
  await expect(cut).rejects.toMatchObject({ code: 'cancelled' })
  await engine.close()
}

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

  test('a photo that is deleted in the midst of its own import is not searchable afterwards', async () => {
    const { engine, cats } = await open()
    const importing = engine.library.startImport([cats])
    await underWay(engine)
    const [early] = engine.overview.photos()
    await rm(early!.path)
    await importing.done
    expect(engine.overview.status().photos).toBe(PHOTOS - 1)
    expect(engine.index.has(early!.id)).toBe(false)
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

  test('two rescans at a time are one', async () => {
    const { engine, cats, dogs } = await open(FEW)
    await engine.library.import([cats, dogs])
    const first = engine.library.rescan()
    expect(engine.library.rescan().id).toBe(first.id)
    await Promise.all([first.done, engine.library.rescan().done])
    expect(imports(engine)).toBe(2)
  })

  test('an import that is cut off leaves no photo in the index that no file shows', async () => {
    const { engine: before, root, cats, dogs } = await open(FEW)
    await before.library.import([cats])
    const [first, second] = before.overview.photos()
    const gone = first!.id
    await copyFile(second!.path, first!.path)
    before.library.startImport([cats, dogs])
    await expect.poll(() => before.catalog.files.pathOf(gone), { interval: 1 }).toBeUndefined()
    await underWay(before)
    await before.close()
    engine = await openEngine(options(root))
    expectInStep(engine)
    expect(engine.index.has(gone)).toBe(false)
  })

  test('features computed before the program ended are searched when it starts', async () => {
    const { engine: before, root, cats } = await open(FEW)
    await before.library.import([cats])
    const { catalog, index } = before
    // As after a release whose network sees other things.
    catalog.db.prepare('DELETE FROM features WHERE photo_id % 2 = 0').run()
    await index.catchUp()
    await index.save()
    const { size } = index
    before.library.startImport([cats])
    const searchable = (): number =>
      catalog.features.countSearchable(index.version.backboneId, PIPELINE_VERSION)
    await expect.poll(searchable, { interval: 1 }).toBeGreaterThan(size)
    await before.close()
    engine = await openEngine(options(root))
    expectInStep(engine)
    expect(engine.index.size).toBeGreaterThan(size)
  })

  test('a folder whose removal cannot be saved is removed all the same', async () => {
    const { engine, root, cats, dogs } = await open(FEW)
    await engine.library.import([dogs])
    engine.library.startImport([cats, dogs])
    await underWay(engine)
    const blocked = join(root, 'library', 'index.kindred.tmp')
    await mkdir(blocked)
    await engine.library.removeFolder(cats)
    expect(engine.overview.roots()).toEqual([dogs])
    await expect.poll(() => engine.jobs.list().every(({ state }) => state !== 'running')).toBe(true)
    expect(engine.overview.roots()).toEqual([dogs])
    expectInStep(engine)
    await rm(blocked, { recursive: true })
  })

  test('an import that was cut off goes on with a folder that was unplugged, once that is back', async () => {
    const { engine: before, root, cats, dogs } = await open(FEW)
    await cutOff(before, [cats, dogs])
    await rename(dogs, `${dogs} away`)

    for (const start of [1, 2]) {
      engine = await openEngine(options(root))
      engine.library.resumeInterrupted({}, () => undefined)
      await engine.library.resumeReturned()
      // The folder that is there is imported once, not at every start.
      expect(imports(engine)).toBe(start === 1 ? 1 : 0)
      await expect.poll(() => engine!.jobs.list().every(({ state }) => state === 'done')).toBe(true)
      expect(engine.index.size).toBe(FEW)
      expect(
        engine.jobs.interrupted().map(({ parameters }) => JSON.parse(parameters) as unknown),
      ).toMatchObject([{ folders: [dogs] }])
      if (start === 1) await engine.close()
    }
    await rename(`${dogs} away`, dogs)
    await engine!.library.resumeReturned()
    await expect.poll(() => engine!.index.size).toBe(2 * FEW)
    await expect.poll(() => engine!.jobs.list().every(({ state }) => state === 'done')).toBe(true)
    expect(engine!.jobs.interrupted()).toEqual([])
  })

  test('a folder that is removed while it is unplugged is not imported when it is back', async () => {
    const { engine: before, root, cats, dogs } = await open(FEW)
    await cutOff(before, [cats, dogs])
    await rename(dogs, `${dogs} away`)
    engine = await openEngine(options(root))
    await engine.library.removeFolder(dogs)
    await rename(`${dogs} away`, dogs)
    engine.library.resumeInterrupted({}, () => undefined)
    await expect.poll(() => engine!.jobs.list().map(({ state }) => state)).toEqual(['done'])
    expect(engine.overview.roots()).toEqual([cats])
    expectInStep(engine)
  })
})

test('albums of the folders inside a folder of the library add no second folder to it', async () => {
  const { engine, root } = await open(4)
  await engine.library.import([root])
  await engine.albums.importer.start(join(root, 'cats')).done
  expect(engine.overview.roots()).toEqual([root])
  expect(engine.albums.queries.list()).not.toEqual([])
  // A folder of which nothing is known yet is one of the library's, as when it is added.
  const elsewhere = await mkdtemp(join(tmpdir(), 'kindred-test-'))
  folders.push(elsewhere)
  await makeManyPhotos(join(elsewhere, 'new'), 2, 3)
  await engine.albums.importer.start(elsewhere).done
  expect(engine.overview.roots()).toEqual([root, elsewhere].sort())
})
