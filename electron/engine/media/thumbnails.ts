import { mkdirSync, rmSync } from 'node:fs'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { replaceFile } from '../runtime/replace-file.ts'
import { asStorageError } from '../runtime/storage-error.ts'

/** Thumbnails on disk, one file for each photo, named by its content hash. Several threads may write. */
export class ThumbnailCache {
  readonly folder: string
  readonly #unfinished: string
  readonly #made = new Set<string>()
  #temporary = 0

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

  /** A reader never sees half a thumbnail. */
  async write(contentHash: Buffer, jpeg: Buffer): Promise<void> {
    const path = this.path(contentHash)
    const folder = dirname(path)
    if (!this.#made.has(folder)) await mkdir(folder, { recursive: true })
    this.#made.add(folder)
    const temporary = join(this.#unfinished, `${threadId}-${this.#temporary++}.jpg`)
    try {
      await replaceFile(path, temporary, () => writeFile(temporary, jpeg))
    } catch (error) {
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
