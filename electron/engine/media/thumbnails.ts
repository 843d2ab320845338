import { constants, mkdirSync, rmSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { NotRegularFile } from '../runtime/regular-file.ts'
import { replaceFile } from '../runtime/replace-file.ts'
import { asStorageError } from '../runtime/storage-error.ts'
import { isWholeJpeg } from './whole-jpeg.ts'

/** Bytes of a thumbnail at most: one of 400 pixels has 15 kB. */
const LARGEST = 4 * 2 ** 20

/** What a look at a thumbnail's file tells. */
export type ThumbnailState = 'good' | 'missing' | 'damaged'

/** Counts the temporary files of this thread. */
let temporaries = 0

/** Thumbnails on disk, one file for each photo, named by its content hash. Several threads may write. */
export class ThumbnailCache {
  readonly folder: string
  readonly #unfinished: string

  constructor(folder: string) {
    this.folder = folder
    this.#unfinished = unfinishedBelow(folder)
  }

  /** Removes what an earlier process left unfinished: the caller holds the library's lock. */
  static open(folder: string): ThumbnailCache {
    const unfinished = unfinishedBelow(folder)
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    return new ThumbnailCache(folder)
  }

  path(contentHash: Buffer): string {
    const name = contentHash.toString('hex')
    return join(this.folder, name.slice(0, 2), `${name}.jpg`)
  }

  /** A reader never sees half a thumbnail. A loss of power may still take it, until it is synced. */
  async write(contentHash: Buffer, jpeg: Buffer): Promise<void> {
    const path = this.path(contentHash)
    try {
      await this.#replace(path, jpeg).catch((error: unknown) => {
        if (!inTheWay.has((error as NodeJS.ErrnoException).code ?? '')) throw error
        return this.#makeRoom(path, jpeg)
      })
    } catch (error) {
      throw asStorageError(error, 'A thumbnail')
    }
  }

  /**
   * Returns when a loss of power can no longer take these thumbnails. Many at once cost little more than one: the file
   * system commits them together.
   */
  async sync(contentHashes: readonly Buffer[]): Promise<void> {
    const sync = async (contentHash: Buffer): Promise<void> => {
      // Windows syncs only what is open for writing.
      const file = await open(this.path(contentHash), 'r+')
      await file.sync().finally(() => file.close())
    }
    try {
      await Promise.all(contentHashes.map(sync))
    } catch (error) {
      throw asStorageError(error, 'A thumbnail')
    }
  }

  /** Whether there is a thumbnail that can be shown. */
  async has(contentHash: Buffer): Promise<boolean> {
    return (await this.state(contentHash)) === 'good'
  }

  async state(contentHash: Buffer): Promise<ThumbnailState> {
    try {
      return isWholeJpeg(await readSmallFile(this.path(contentHash))) ? 'good' : 'damaged'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'damaged'
    }
  }

  /** Returns undefined where there is none, or a damaged one: to be made again. */
  async read(contentHash: Buffer): Promise<Buffer | undefined> {
    const jpeg = await readSmallFile(this.path(contentHash)).catch(() => undefined)
    return jpeg && isWholeJpeg(jpeg) ? jpeg : undefined
  }

  async #replace(path: string, jpeg: Buffer): Promise<void> {
    const temporary = join(this.#unfinished, `${threadId}-${temporaries++}.jpg`)
    await replaceFile(path, temporary, () => writeFile(temporary, jpeg))
  }

  async #makeRoom(path: string, jpeg: Buffer): Promise<void> {
    await rm(path, { recursive: true, force: true })
    for (const folder of [this.#unfinished, dirname(path)]) await mkdir(folder, { recursive: true })
    await this.#replace(path, jpeg)
  }
}

/** Something else that took a file's place, such as a pipe, is not opened: reading it might never end. */
async function readSmallFile(path: string): Promise<Buffer> {
  const { mode, size } = await stat(path)
  if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > LARGEST)
    throw new NotRegularFile('This is no thumbnail.')
  return readFile(path)
}

/** Codes of a write where folders are missing, or something that is no file lies in the way. */
const inTheWay = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'EPERM'])

const unfinishedBelow = (folder: string): string => join(folder, 'unfinished')
