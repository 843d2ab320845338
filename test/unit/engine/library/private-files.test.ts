import { existsSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { layoutOf, type LibraryLayout } from '../../../../electron/engine/library/layout.ts'
import { lockLibrary } from '../../../../electron/engine/library/lock.ts'
import { tightenFolders } from '../../../../electron/engine/library/private-files.ts'

const rights = async (path: string): Promise<string> => ((await lstat(path)).mode & 0o777).toString(8)

/** Files and folders that others have rights on. */
async function loose(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))]
  const found = await Promise.all(
    names.map(async name => ((await lstat(join(folder, name))).mode & 0o077 ? [name] : [])),
  )
  return found.flat()
}

describe.skipIf(process.getuid === undefined)('permissions of a library', () => {
  let folder: string
  let layout: LibraryLayout

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindred-private-'))
    await chmod(folder, 0o755)
    layout = layoutOf(join(folder, 'library'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  /** A library as earlier versions made it. */
  async function makeLoose(): Promise<void> {
    process.umask(0o022)
    await mkdir(join(layout.thumbnails, 'ab'), { recursive: true })
    await mkdir(layout.backups)
    for (const file of [layout.catalog, `${layout.catalog}-wal`, layout.index])
      await writeFile(file, '', { mode: 0o644 })
    await writeFile(join(layout.thumbnails, 'ab', 'ab.jpg'), '', { mode: 0o644 })
    await writeFile(join(layout.backups, 'catalog-2026-01-01.db'), '', { mode: 0o644 })
    await symlink('/etc/hostname', join(layout.backups, 'link.db'))
  }

  test('a new one is its user’s alone, and all that is made in it later', async () => {
    process.umask(0o022)
    const lock = lockLibrary(layout)
    await mkdir(layout.models)
    await writeFile(layout.catalog, '')
    expect(await loose(layout.folder)).toEqual([])
    lock.release()
  })

  test('one of an earlier version becomes so: its top at once, then what lies below', async () => {
    await makeLoose()
    const target = await rights('/etc/hostname')
    const lock = lockLibrary(layout)
    expect(await rights(layout.folder)).toBe('700')
    expect(await rights(`${layout.catalog}-wal`)).toBe('600')
    await tightenFolders(layout, new AbortController().signal)
    expect(await loose(layout.folder)).toEqual(['backups/link.db'])
    expect(await rights('/etc/hostname')).toBe(target)
    lock.release()
  })

  test('goes on where it was stopped', async () => {
    await makeLoose()
    const lock = lockLibrary(layout)
    await tightenFolders(layout, AbortSignal.abort())
    expect(await rights(layout.backups)).toBe('755')
    await tightenFolders(layout, new AbortController().signal)
    expect(await rights(layout.backups)).toBe('700')
    lock.release()
  })

  test('a folder that holds other things keeps its rights, but not the library in it', async () => {
    await makeLoose()
    await writeFile(join(layout.folder, 'letter.txt'), '', { mode: 0o644 })
    const lock = lockLibrary(layout)
    expect(await rights(layout.folder)).toBe('755')
    expect(await rights(join(layout.folder, 'letter.txt'))).toBe('644')
    expect(await rights(layout.catalog)).toBe('600')
    await tightenFolders(layout, new AbortController().signal)
    expect(await rights(layout.thumbnails)).toBe('700')
    expect(existsSync(join(layout.thumbnails, 'ab', 'ab.jpg'))).toBe(true)
    lock.release()
  })
})
