import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ImportCounts } from '../../electron/shared/results.ts'
import { Cli, cliFile, temporaryFolder, type IndexRun } from '../support/cli.ts'
import { idsByPath, knownPhotos } from '../support/library-contents.ts'
import { asReader, makeFolderFor, userWithoutRights } from '../support/other-user.ts'
import { pictureBytes, writePicture } from '../support/small-photos.ts'

/** Ten photos in two folders. */
const names = [
  'a/1.jpg',
  'a/2.jpg',
  'a/3.jpg',
  'a/4.jpg',
  'a/5.jpg',
  'b/6.jpg',
  'b/7.jpg',
  'b/8.jpg',
  'b/9.jpg',
  'b/10.jpg',
]
const PHOTOS = names.length

const nothing: Omit<ImportCounts, 'photos'> = {
  added: 0,
  updated: 0,
  moved: 0,
  removed: 0,
  restored: 0,
  copies: 0,
}

describe('second import after changes', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let root: string
  let cli: Cli
  let photosBefore: number
  let idsBefore: Map<string, number>

  const at = (name: string): string => join(root, name)
  const idAt = (name: string): number | undefined => idsByPath(cli.library).get(at(name))
  const idBefore = (name: string): number => idsBefore.get(at(name))!

  beforeEach(async () => {
    folder = await temporaryFolder('changes')
    await chmod(folder.path, 0o755)
    root = join(folder.path, 'photos')
    for (const name of names) await writePicture(at(name), name)
    cli = new Cli(join(folder.path, 'library'))
    await start()
  })

  afterEach(() => folder.remove())

  async function start(): Promise<void> {
    const { status, result } = await cli.index(root)
    expect(status).toBe(0)
    expect(result).toMatchObject({ ...nothing, photos: PHOTOS, added: PHOTOS, failed: [] })
    photosBefore = result.photos
    idsBefore = idsByPath(cli.library)
  }

  /** Imports again and checks what holds after any import. */
  async function again(
    expected: Partial<ImportCounts>,
    folders: string | string[] = root,
  ): Promise<IndexRun> {
    const run = await cli.index(folders)
    expect(run.status).toBe(run.result.failed.length > 0 ? 3 : 0)
    expect(run.result).toMatchObject({ ...nothing, ...expected })
    expect(run.result.photos).toBe(photosBefore + run.result.added - run.result.removed)
    photosBefore = run.result.photos
    return run
  }

  /** All photos that a search can find, by path. */
  async function searchable(): Promise<string[]> {
    const query = join(folder.path, 'query.jpg')
    await writePicture(query, 'query')
    const { results } = await cli.similar(['-k', '1000', '--', query])
    return results.map(({ path }) => path.slice(root.length + 1)).sort()
  }

  /** A search finds these photos and no others, and a further import finds nothing to do. */
  async function settled(present: readonly string[]): Promise<void> {
    expect(await searchable()).toEqual([...present].sort())
    const { result } = await again({})
    expect(result.photos).toBe(present.length)
  }

  /** And the library is intact. */
  async function settledAndWhole(present: readonly string[]): Promise<void> {
    await settled(present)
    expect(await cli.doctor()).toMatchObject({ ok: true, problems: [], photos: present.length })
  }

  const without = (...gone: string[]): string[] => names.filter(name => !gone.includes(name))

  test('nothing: nothing is counted and no id changes', async () => {
    await again({})
    expect(idsByPath(cli.library)).toEqual(idsBefore)
    await settled(names)
  })

  test('all times are shifted, as on a FAT drive in another time zone: nothing is decoded or embedded again', async () => {
    const made = (): unknown => {
      const db = new Database(join(cli.library, 'catalog.db'), { readonly: true })
      try {
        return db.prepare('SELECT id, photo_id, pipeline FROM features ORDER BY id').all()
      } finally {
        db.close()
      }
    }
    const thumbnails = async (): Promise<string[]> => {
      const names = await readdir(join(cli.library, 'thumbnails'), { recursive: true })
      const times = names.map(
        async name => `${name} ${(await stat(join(cli.library, 'thumbnails', name))).mtimeMs}`,
      )
      return (await Promise.all(times)).filter(line => /\.[a-z]+ /.test(line))
    }
    const [features, pictures] = [made(), await thumbnails()]
    for (const [n, name] of names.entries()) {
      const { mtimeMs } = await stat(at(name))
      const time = (mtimeMs - 5_400_000 + (n % 3) * 1000) / 1000
      await utimes(at(name), time, time)
    }
    await again({})
    expect(made()).toEqual(features)
    expect(await thumbnails()).toEqual(pictures)
    expect(idsByPath(cli.library)).toEqual(idsBefore)
    // One that was changed as well is no unchanged one, though its size is the same.
    const bytes = await readFile(at('a/1.jpg'))
    bytes[bytes.length - 10]! ^= 1
    await writeFile(at('a/1.jpg'), bytes)
    await again({ updated: 1 })
    expect(idAt('a/1.jpg')).not.toBe(idBefore('a/1.jpg'))
  })

  test('a photo is renamed: it keeps its id', async () => {
    await rename(at('a/1.jpg'), at('a/renamed.jpg'))
    await again({ moved: 1 })
    expect(idAt('a/renamed.jpg')).toBe(idBefore('a/1.jpg'))
    await settled([...without('a/1.jpg'), 'a/renamed.jpg'])
  })

  test('a photo is moved to another folder', async () => {
    await rename(at('a/1.jpg'), at('b/1.jpg'))
    await again({ moved: 1 })
    expect(idAt('b/1.jpg')).toBe(idBefore('a/1.jpg'))
    await settled([...without('a/1.jpg'), 'b/1.jpg'])
  })

  test('a photo moves from one root to another, and only the other is imported', async () => {
    const other = join(folder.path, 'other')
    await mkdir(other)
    await rename(at('a/1.jpg'), join(other, '1.jpg'))
    await again({ moved: 1 }, other)
    expect(idsByPath(cli.library).get(join(other, '1.jpg'))).toBe(idBefore('a/1.jpg'))
    await again({})
  })

  test('two photos swap their names: two moves, each keeps its id', async () => {
    await rename(at('a/1.jpg'), at('a/swap'))
    await rename(at('b/6.jpg'), at('a/1.jpg'))
    await rename(at('a/swap'), at('b/6.jpg'))
    await again({ moved: 2 })
    expect(idAt('b/6.jpg')).toBe(idBefore('a/1.jpg'))
    expect(idAt('a/1.jpg')).toBe(idBefore('b/6.jpg'))
    await settled(names)
  })

  test('three photos change places in a ring', async () => {
    await rename(at('a/1.jpg'), at('a/ring'))
    await rename(at('a/2.jpg'), at('a/1.jpg'))
    await rename(at('a/3.jpg'), at('a/2.jpg'))
    await rename(at('a/ring'), at('a/3.jpg'))
    await again({ moved: 3 })
    expect(idAt('a/3.jpg')).toBe(idBefore('a/1.jpg'))
    await settled(names)
  })

  test('a photo is edited in place: one is updated, and the old one is no longer found', async () => {
    await writePicture(at('a/1.jpg'), 'edited')
    await again({ updated: 1 })
    expect(idAt('a/1.jpg')).not.toBe(idBefore('a/1.jpg'))
    expect(knownPhotos(cli.library)).toBe(PHOTOS + 1)
    await settled(names)
  })

  test('an edit is undone: the photo is the earlier one again', async () => {
    const original = await readFile(at('a/1.jpg'))
    await writePicture(at('a/1.jpg'), 'edited')
    await again({ updated: 1 })
    await writeFile(at('a/1.jpg'), original)
    await again({ updated: 1 })
    expect(idAt('a/1.jpg')).toBe(idBefore('a/1.jpg'))
    await settled(names)
  })

  test('a photo is overwritten by another one of the library', async () => {
    await copyFile(at('b/6.jpg'), at('a/1.jpg'))
    await again({ removed: 1, copies: 1 })
    expect(idAt('a/1.jpg')).toBe(idBefore('b/6.jpg'))
    await settledAndWhole(without('b/6.jpg'))
  })

  test('a photo is moved over another one', async () => {
    await rename(at('b/6.jpg'), at('a/1.jpg'))
    await again({ moved: 1, removed: 1 })
    expect(idAt('a/1.jpg')).toBe(idBefore('b/6.jpg'))
    await settled(without('b/6.jpg'))
  })

  test('a photo is copied: another path, not another photo', async () => {
    await copyFile(at('a/1.jpg'), at('b/copy of 1.jpg'))
    await again({ copies: 1 })
    expect(idAt('b/copy of 1.jpg')).toBe(idBefore('a/1.jpg'))
    await settledAndWhole(names)

    await unlink(at('a/1.jpg'))
    await again({})
    await settledAndWhole([...without('a/1.jpg'), 'b/copy of 1.jpg'])

    await unlink(at('b/copy of 1.jpg'))
    await again({ removed: 1 })
    await settled(without('a/1.jpg'))
  })

  test('a photo is deleted, and later restored with its id', async () => {
    const bytes = await readFile(at('b/7.jpg'))
    await unlink(at('b/7.jpg'))
    await again({ removed: 1 })
    expect(knownPhotos(cli.library)).toBe(PHOTOS)
    await settled(without('b/7.jpg'))

    await writeFile(at('b/7.jpg'), bytes)
    await again({ added: 1, restored: 1 })
    expect(idAt('b/7.jpg')).toBe(idBefore('b/7.jpg'))
    await settled(names)
  })

  test('a deleted photo comes back under another name', async () => {
    const bytes = await readFile(at('b/7.jpg'))
    await unlink(at('b/7.jpg'))
    await again({ removed: 1 })
    await writeFile(at('a/seven.jpg'), bytes)
    await again({ added: 1, restored: 1 })
    expect(idAt('a/seven.jpg')).toBe(idBefore('b/7.jpg'))
    await settled([...without('b/7.jpg'), 'a/seven.jpg'])
  })

  test('photos are added', async () => {
    await writePicture(at('c/11.png'), 'eleven', 'png')
    await writePicture(at('c/12.webp'), 'twelve', 'webp')
    await again({ added: 2 })
    await settled([...names, 'c/11.png', 'c/12.webp'])
  })

  test('a folder is deleted, and comes back', async () => {
    const aside = join(folder.path, 'aside')
    await cp(at('b'), aside, { recursive: true })
    await rm(at('b'), { recursive: true })
    await again({ removed: 5 })
    await settled(names.filter(name => name.startsWith('a/')))
    await cp(aside, at('b'), { recursive: true })
    await again({ added: 5, restored: 5 })
    for (const name of names) expect(idAt(name)).toBe(idBefore(name))
    await settledAndWhole(names)
  })

  test('a folder is renamed', async () => {
    await rename(at('b'), at('beach'))
    await again({ moved: 5 })
    expect(idAt('beach/7.jpg')).toBe(idBefore('b/7.jpg'))
    await settled(names.map(name => name.replace('b/', 'beach/')))
  })

  test('two folders swap their names', async () => {
    await rename(at('a'), at('c'))
    await rename(at('b'), at('a'))
    await rename(at('c'), at('b'))
    await again({ moved: PHOTOS })
    expect(idAt('a/6.jpg')).toBe(idBefore('b/6.jpg'))
    expect(idAt('b/1.jpg')).toBe(idBefore('a/1.jpg'))
    const swapped = (name: string): string => (name.startsWith('a') ? 'b' : 'a') + name.slice(1)
    await settledAndWhole(names.map(swapped))
  })

  test('the whole root is moved', async () => {
    const moved = join(folder.path, 'moved')
    await rename(root, moved)
    const { result } = await again({ moved: PHOTOS }, moved)
    expect(result.photos).toBe(PHOTOS)
    expect(idsByPath(cli.library).get(join(moved, 'a/1.jpg'))).toBe(idBefore('a/1.jpg'))
  })

  test('everything is deleted', async () => {
    for (const name of names) await unlink(at(name))
    const { result } = await again({ removed: PHOTOS })
    expect(result.photos).toBe(0)
    const similar = await cli.run(['similar', join(root, 'a/1.jpg')])
    expect(similar.status).toBe(1)
    expect(await cli.doctor()).toMatchObject({ ok: true, problems: [], photos: 0 })
  })

  test('a drive is unplugged: folder-not-found, status 1, and nothing is lost', async () => {
    const away = join(folder.path, 'away')
    await rename(root, away)
    const run = await cli.run(['index', root])
    expect(run.status).toBe(1)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(/does not exist/)
    expect(await searchable()).toEqual([...names].sort())

    await rename(away, root)
    await again({})
    expect(idsByPath(cli.library)).toEqual(idsBefore)
    await settled(names)
  })

  test('one of two roots is unplugged: nothing at all is imported', async () => {
    const other = join(folder.path, 'other')
    await writePicture(join(other, 'new.jpg'), 'new')
    await rename(at('a'), join(folder.path, 'away'))
    const run = await cli.run(['index', other, at('a')])
    expect(run.status).toBe(1)
    expect(run.stdout).toBe('')
    expect(idsByPath(cli.library)).toEqual(idsBefore)
  })

  test('only the time of a photo changes: nothing is counted', async () => {
    const before = await stat(at('a/1.jpg'))
    await utimes(at('a/1.jpg'), new Date(), new Date(before.mtimeMs + 60_000))
    await again({})
    expect(idAt('a/1.jpg')).toBe(idBefore('a/1.jpg'))
    await settled(names)
  })

  test('other content of the same size and time is noticed by the time of change', async () => {
    const [other, bytes] = [await pictureBytes('other'), await readFile(at('a/1.jpg'))]
    const size = Math.max(other.length, bytes.length)
    const padded = (photo: Buffer): Buffer => Buffer.concat([photo, Buffer.alloc(size - photo.length)])
    const time = new Date('2020-02-02T02:02:02Z')
    await writeFile(at('a/1.jpg'), padded(bytes))
    await utimes(at('a/1.jpg'), time, time)
    await again({ updated: 1 })
    const before = await stat(at('a/1.jpg'))

    await writeFile(at('a/1.jpg'), padded(other))
    await utimes(at('a/1.jpg'), time, time)
    const after = await stat(at('a/1.jpg'))
    expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs])
    await again({ updated: 1 })
    await settled(names)
  })

  test('a photo becomes unreadable content, and whole again', async () => {
    const bytes = await readFile(at('a/1.jpg'))
    await writeFile(at('a/1.jpg'), bytes.subarray(0, bytes.indexOf(Buffer.of(0xff, 0xda)) + 14))
    const { result } = await again({ removed: 1 })
    expect(result.failed).toMatchObject([{ path: at('a/1.jpg'), code: 'truncated-image' }])
    expect(await searchable()).toEqual(without('a/1.jpg').sort())

    await writeFile(at('a/1.jpg'), bytes)
    await again({ added: 1, restored: 1 })
    expect(idAt('a/1.jpg')).toBe(idBefore('a/1.jpg'))
    await settled(names)
  })

  test('a photo becomes a text file under another ending: it is no failure', async () => {
    await unlink(at('a/1.jpg'))
    await writeFile(at('a/1.txt'), 'sold')
    await again({ removed: 1 })
    await settled(without('a/1.jpg'))
  })

  test('a failed file is deleted: it is not reported again', async () => {
    await writeFile(at('a/bad.jpg'), 'no photo')
    expect((await again({})).result.failed).toHaveLength(1)
    expect((await again({})).result.failed).toHaveLength(1)
    await unlink(at('a/bad.jpg'))
    expect((await again({})).result.failed).toEqual([])
  })

  test('failures outside of the imported folders are not reported', async () => {
    await writeFile(at('a/bad.jpg'), 'no photo')
    await again({})
    expect((await again({}, at('b'))).result.failed).toEqual([])
    expect((await again({}, at('a'))).result.failed).toHaveLength(1)
  })

  test('only a folder of the root is imported: the others stay as they are', async () => {
    await unlink(at('a/1.jpg'))
    await again({}, at('b'))
    await again({ removed: 1 }, at('a'))
    await settled(without('a/1.jpg'))
  })

  test('many changes at once are distinguished', async () => {
    await rename(at('a/1.jpg'), at('b/one.jpg'))
    await writePicture(at('a/2.jpg'), 'edited')
    await unlink(at('a/3.jpg'))
    await copyFile(at('a/4.jpg'), at('b/four.jpg'))
    await writePicture(at('a/11.jpg'), 'new')
    await again({ moved: 1, updated: 1, removed: 1, copies: 1, added: 1 })
    await settledAndWhole([...without('a/1.jpg', 'a/3.jpg'), 'b/one.jpg', 'a/11.jpg'])
  })

  test('a photo is edited while a copy of the old one is made', async () => {
    await copyFile(at('a/1.jpg'), at('a/1 original.jpg'))
    await writePicture(at('a/1.jpg'), 'edited')
    await again({ added: 1, moved: 1 })
    expect(idAt('a/1 original.jpg')).toBe(idBefore('a/1.jpg'))
    await settled([...names, 'a/1 original.jpg'])
  })

  test('files that have not changed are not read again', async ctx => {
    if (!existsSync('/proc/self/io')) return ctx.skip('this system does not tell how much a process reads')
    const empty = join(folder.path, 'empty')
    await mkdir(empty)
    const large = 4
    const bytes = 9_000_000
    for (let i = 0; i < large; i++)
      await sharp({ create: { width: 2000, height: 1500, channels: 3, background: { r: i, g: 90, b: 120 } } })
        .tiff({ compression: 'none' })
        .toFile(at(`a/large ${i}.tif`))

    const idle = await bytesReadBy(['index', empty])
    expect(await bytesReadBy(['index', root])).toBeGreaterThan(idle + large * bytes)
    expect(await bytesReadBy(['index', root])).toBeLessThan(idle + bytes / 2)
    await utimes(at('a/large 0.tif'), new Date(), new Date())
    expect(await bytesReadBy(['index', root])).toBeGreaterThan(idle + bytes)
  })

  /** Bytes that the command reads, its own code included, as the kernel counts them. */
  async function bytesReadBy(args: readonly string[]): Promise<number> {
    const script = '"$@" >/dev/null && sed -n "s/^rchar: //p" /proc/$$/io'
    const program = ['sh', '-c', script, 'sh', process.execPath, cliFile]
    const run = await cli.run(args, { program })
    expect(run.status).toBe(0)
    return Number(run.stdout)
  }

  test('without permission, a folder is unknown rather than gone', async ctx => {
    const reader = await userWithoutRights()
    if (reader.kind === 'none') return ctx.skip(reader.reason)
    const library = join(folder.path, 'library of a reader')
    await makeFolderFor(reader, library)
    cli = new Cli(library, asReader(reader))
    await start()
    await chmod(at('b'), 0o000)
    try {
      const { result } = await again({})
      expect(result.failed).toMatchObject([{ path: at('b'), code: 'permission-denied' }])
      expect(result.photos).toBe(PHOTOS)
    } finally {
      await chmod(at('b'), 0o755)
    }
    const { status } = await again({})
    expect(status).toBe(0)
    expect(idsByPath(cli.library)).toEqual(idsBefore)
  })
})
