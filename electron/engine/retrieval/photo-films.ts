import { readdirSync, rmdirSync, rmSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asKindredError, KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { displayPath, type FilePath } from '../library/paths.ts'
import type { ByteSpan } from '../library/rows.ts'
import { isFilmHead } from '../media/metadata/film-within.ts'
import { userFiles } from '../media/read-photo.ts'
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import { replaceFile } from '../runtime/replace-file.ts'

/** A player may still show the one before, or be slow to open it. */
const KEPT = 5

/** Names of these files, also unfinished: nothing else that lies there is removed. */
const ownName = /^[0-9a-f]{64}\.mp4(?:\.part)?$/

/**
 * The films of motion photos as files of their own, for players that know no others: private to the user, a few at a time,
 * gone when the library is closed or, after a crash, when it is opened next.
 */
export class PhotoFilms {
  readonly #catalog: Catalog
  readonly #folder: string
  readonly #turn = new WeightedSemaphore(1)
  /** Files that were written, the one asked for last at the end. */
  #written: string[] = []

  /** @param folder its own; the caller holds the library's lock */
  constructor(catalog: Catalog, folder: string) {
    this.#catalog = catalog
    this.#folder = folder
    this.#removeAll()
  }

  /**
   * Writes the film that a photo carries.
   * @returns the path of the file
   * @throws KindredError `photo-not-found`, or what is wrong with the photo's files
   */
  file(id: PhotoId): Promise<string> {
    return this.#turn.run(1, async () => {
      const { contentHash, metadata } = this.#catalog.photos.facts(id) ?? {}
      if (!contentHash || !metadata?.film)
        throw new KindredError('photo-not-found', 'There is no such photo with a film.')
      const file = join(this.#folder, `${contentHash.toString('hex')}.mp4`)
      const isThere = this.#written.includes(file)
      if (!isThere) await this.#write(file, id, metadata.film)
      this.#written = [...this.#written.filter(other => other !== file), file]
      await this.#removeOldest()
      return file
    })
  }

  close(): void {
    this.#removeAll()
  }

  async #write(file: string, id: PhotoId, film: ByteSpan): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    let reason = new KindredError('file-vanished', 'No file of this photo can be reached.')
    for (const { path } of this.#catalog.files.presentOf(id)) {
      try {
        await replaceFile(file, `${file}.part`, temporary => copySpan(path, film, temporary))
        return
      } catch (error) {
        reason = asKindredError(error)
      }
    }
    throw reason
  }

  async #removeOldest(): Promise<void> {
    const gone = this.#written.slice(0, -KEPT)
    this.#written = this.#written.slice(-KEPT)
    // Windows keeps a file that is being played, until the library is opened next.
    for (const file of gone) await rm(file, { force: true }).catch(() => undefined)
  }

  #removeAll(): void {
    try {
      for (const name of readdirSync(this.#folder))
        if (ownName.test(name)) rmSync(join(this.#folder, name), { force: true })
      rmdirSync(this.#folder)
    } catch {
      // It was never made, holds something else, or the same as above.
    }
  }
}

/** @throws KindredError `file-vanished` where the film is no longer there, or with what is wrong with the file */
async function copySpan(path: FilePath, span: ByteSpan, to: string): Promise<void> {
  const target = await open(to, 'w', 0o600)
  try {
    let written = 0
    for await (const part of userFiles().parts(path, Infinity, span)) {
      if (written === 0 && !isFilmHead(part)) break
      await target.writeFile(part)
      written += part.length
    }
    if (written < span.length)
      throw new KindredError('file-vanished', `${displayPath(path)} has changed since it was imported.`)
  } finally {
    await target.close()
  }
}
