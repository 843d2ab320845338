import { mkdirSync, rmSync } from 'node:fs'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { asStorageError } from '../runtime/storage-error.ts'

/** Thumbnails on disk, one file a photo, named by its content. They can all be made again. Several threads may write. */
export class ThumbnailCache {
  readonly folder: string
  readonly #unfinished: string
  readonly #made = new Set<string>()
  #temporary = 0

  constructor(folder: string) {
    this.folder = folder
    this.#unfinished = unfinishedBelow(folder)
  }

  /** Throws away what an earlier process left unfinished: the caller holds the library's lock. */
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

  /** Written beside and renamed: a reader never sees half a thumbnail. */
  async write(contentHash: Buffer, jpeg: Buffer): Promise<void> {
    const path = this.path(contentHash)
    const folder = dirname(path)
    if (!this.#made.has(folder)) await mkdir(folder, { recursive: true })
    this.#made.add(folder)
    const temporary = join(this.#unfinished, `${threadId}-${this.#temporary++}.jpg`)
    try {
      await writeFile(temporary, jpeg)
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw asStorageError(error, 'A thumbnail')
    }
  }

  async has(contentHash: Buffer): Promise<boolean> {
    return access(this.path(contentHash)).then(
      () => true,
      () => false,
    )
  }

  read(contentHash: Buffer): Promise<Buffer> {
    return readFile(this.path(contentHash))
  }
}

const unfinishedBelow = (folder: string): string => join(folder, 'unfinished')
