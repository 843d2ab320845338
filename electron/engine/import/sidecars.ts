/** @file XMP files beside photos: `photo.jpg.xmp`, or `photo.xmp` for all photos of that name. */
import { dirname, extname } from 'node:path'
import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'
import type { FilePath } from '../library/paths.ts'
import type { PhotoMetadata } from '../library/rows.ts'
import { userFiles } from '../media/read-photo.ts'
import type { EmbeddingIndex } from '../retrieval/index/embedding-index.ts'
import { settlePairsOf } from './pairing.ts'
import type { Candidate } from './scan-delta.ts'

export const isSidecar = (path: FilePath): boolean => extname(path).toLowerCase() === '.xmp'

/** A sidecar as it was read; undefined where it cannot be read now. */
interface ReadSidecar extends Candidate {
  readonly metadata: PhotoMetadata | undefined
}

/** Sidecars of one import: they are read when the photos are recorded. */
export class Sidecars {
  readonly #catalog: Catalog
  readonly #index: EmbeddingIndex
  readonly #changed = new Map<FilePath, Candidate>()

  constructor(catalog: Catalog, index: EmbeddingIndex) {
    this.#catalog = catalog
    this.#index = index
  }

  /** Takes the sidecars out of what is new or changed, and returns the rest. */
  takeFrom(candidates: readonly Candidate[]): Candidate[] {
    return candidates.filter(candidate => {
      if (!isSidecar(candidate.path)) return true
      this.#changed.set(candidate.path, candidate)
      return false
    })
  }

  /**
   * Notes that a photo was found at a path: sidecars that were there before it are read again. Where the import is cut off
   * first, the next one reads them. Only within the transaction that records the photo.
   */
  photoFound(path: FilePath): void {
    for (const sidecar of sidecarsOf(path)) {
      const row = this.#catalog.files.byPath(sidecar)
      if (row?.state !== 'ignored' || this.#changed.has(sidecar)) continue
      const { size, modifiedMs, changedMs } = row
      this.#changed.set(sidecar, { path: sidecar, stamp: { size, modifiedMs, changedMs } })
      this.#catalog.files.forget(row.id)
    }
  }

  /**
   * Reads what has changed and records it with the photos.
   * @param gone sidecars that are there no more
   */
  async settle(gone: readonly FilePath[]): Promise<void> {
    if (gone.length > 0) this.#catalog.bulkTransaction(() => gone.forEach(path => this.#letGo(path)))
    for (const sidecar of this.#changed.values()) {
      const read = await readOne(sidecar)
      this.#catalog.bulkTransaction(() => this.#record(read))
      if (read.metadata) await this.#pair(read.path)
    }
    this.#changed.clear()
    for (const sidecar of gone) await this.#pair(sidecar)
  }

  /** A sidecar may say that two files are not of one shot. */
  async #pair(sidecar: FilePath): Promise<void> {
    for (const photo of this.#photosOf(sidecar)) await settlePairsOf(this.#catalog, this.#index, photo)
  }

  /** Another sidecar, which counted less, may tell of the photo all the same. */
  #letGo(sidecar: FilePath): void {
    for (const photo of this.#photosOf(sidecar)) {
      this.#put(photo, null)
      for (const { path } of this.#catalog.files.presentOf(photo)) this.photoFound(path)
    }
  }

  #record({ path, stamp, metadata }: ReadSidecar): void {
    this.#catalog.files.record(path, stamp, { state: 'ignored' }, PIPELINE_VERSION)
    if (metadata) for (const photo of this.#photosOf(path)) this.#put(photo, metadata)
  }

  /** Lists of photos in the order of their dates are outdated where a date has changed. */
  #put(photo: PhotoId, metadata: PhotoMetadata | null): void {
    const { metadata: store, settings } = this.#catalog
    if (store.putSidecar(photo, metadata)) settings.bumpGeneration()
  }

  /** Photos that a sidecar tells of; one with the whole name of a photo counts more for it than one without the ending. */
  #photosOf(sidecar: FilePath): PhotoId[] {
    const { files } = this.#catalog
    const base = sidecar.slice(0, -extname(sidecar).length)
    const named = files.byPath(base)
    const sameName = files
      .startingWith(`${base}.`)
      .filter(({ path }) => path.slice(0, -extname(path).length) === base && dirname(path) === dirname(base))
      .filter(
        ({ path }) =>
          !sidecarsOf(path)
            .slice(0, 2)
            .some(own => this.#isKnown(own)),
      )
    return [...(named ? [named] : []), ...sameName].flatMap(({ state, photoId }) =>
      state === 'present' && photoId ? [photoId] : [],
    )
  }

  #isKnown = (sidecar: FilePath): boolean => this.#catalog.files.byPath(sidecar)?.state === 'ignored'
}

/** Paths at which a photo's sidecar may be: with its whole name first. */
function sidecarsOf(photo: FilePath): FilePath[] {
  const stem = photo.slice(0, photo.length - extname(photo).length)
  return [`${photo}.xmp`, `${photo}.XMP`, `${stem}.xmp`, `${stem}.XMP`]
}

async function readOne({ path, stamp }: Candidate): Promise<ReadSidecar> {
  try {
    return { path, stamp, metadata: await userFiles().sidecar(path) }
  } catch {
    // What was known from it stays, until it changes again.
    return { path, stamp, metadata: undefined }
  }
}
