import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { FolderListing } from '../../shared/contract.ts'
import { KindredError } from '../../shared/errors.ts'
import { looksLikePhoto } from '../media/formats/image-formats.ts'
import { folderNotFound } from '../library/folder-errors.ts'
import { describeErrno } from '../library/paths.ts'

/** The folders inside a folder, hidden ones left out; without a path, those of the home folder. */
export function browse(path: string = homedir()): FolderListing {
  const folder = resolve(path)
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(entry => !entry.name.startsWith('.'))
    const folders = entries
      .filter(entry => entry.isDirectory())
      .map(({ name }) => ({ name, path: join(folder, name) }))
    folders.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
    const images = entries.filter(entry => entry.isFile() && looksLikePhoto(entry.name)).length
    const parent = dirname(folder)
    return { path: folder, parent: parent === folder ? null : parent, folders, images }
  } catch (error) {
    const { code, message } = describeErrno(error, 'folder')
    if (code !== 'file-vanished') throw new KindredError(code, message, { cause: error })
    throw folderNotFound(folder, error)
  }
}
