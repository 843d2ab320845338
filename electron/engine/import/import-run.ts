import { describeDamage } from '../../shared/damage.ts'
import { asKindredError, type ErrorCode } from '../../shared/errors.ts'
import type { BackboneId, PhotoId } from '../../shared/ids.ts'
import type { DamagedFile, FailedFile } from '../../shared/results.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { BATCH_SIZE, type Embedder } from '../vision/network/embedder.ts'
import type { EmbeddingIndex } from '../retrieval/index/embedding-index.ts'
import type { JobContext } from '../runtime/jobs/job-runner.ts'
import { inBatches, mapConcurrently, prefetch } from '../runtime/jobs/pipeline.ts'
import type { PhotoRow } from '../library/catalog/photos.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'
import { fileDate } from '../media/metadata/name-date.ts'
import { isGone } from '../media/read-photo.ts'
import type { ThumbnailCache } from '../media/thumbnails.ts'
import { isBelow, type FilePath } from '../library/paths.ts'
import type { ImportedPhoto } from '../media/photo.worker.ts'
import { settleEdits } from './edits.ts'
import type { Candidate, ScanFailure, VanishedFile } from './scan-delta.ts'
import { followPairs, otherPaths, settlePairs } from './pairing.ts'
import { PartPaths } from './part-paths.ts'
import { PathLedger } from './path-ledger.ts'
import { PHOTOS_AT_ONCE, PhotoReaders, type OpenPhoto } from '../media/photo-readers.ts'
import { scanFolders } from './scan-folders.ts'
import type { ScanQuery } from './scan.worker.ts'
import { isSidecar, Sidecars } from './sidecars.ts'

export interface ImportTools {
  readonly catalog: Catalog
  readonly embedder: Embedder
  /** The backbone that the embedder runs: features are kept under it, whatever is swapped meanwhile. */
  readonly backboneId: BackboneId
  readonly index: EmbeddingIndex
  readonly thumbnails: ThumbnailCache
  readonly libraryFolder: FilePath
  readonly now: () => number
}

/** A candidate after reading and, where it was needed, decoding. */
type Prepared = Candidate &
  (
    | { readonly kind: 'ignored' }
    | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
    | { readonly kind: 'known'; readonly photoId: PhotoId }
    | {
        readonly kind: 'decoded'
        readonly contentHash: Buffer
        readonly bytes: number
        readonly photo: ImportedPhoto
      }
  )

type Embedded = Prepared & { readonly features?: Float32Array }

/** One pass over what has changed: the main part of the import room. */
export class ImportRun {
  readonly #tools: ImportTools
  readonly #job: JobContext
  readonly #ledger = new PathLedger()
  readonly #newPhotos = new Set<PhotoId>()
  /** Files of the catalog that were not found at their paths. */
  readonly #vanished = new Map<FilePath, VanishedFile>()
  readonly #scanFailures: ScanFailure[] = []
  readonly #readers: PhotoReaders
  readonly #sidecars: Sidecars
  readonly #parts: PartPaths

  constructor(tools: ImportTools, job: JobContext) {
    this.#tools = tools
    this.#job = job
    this.#sidecars = new Sidecars(tools.catalog, tools.index)
    this.#parts = new PartPaths(tools.catalog.files)
    this.#readers = new PhotoReaders(
      tools.thumbnails.folder,
      tools.embedder.inputSize,
      tools.catalog.decodeAttempts,
    )
  }

  /** Returns the files that are new or changed, and notes those that are gone. */
  async scan(query: ScanQuery): Promise<Candidate[]> {
    const { catalog } = this.#tools
    const { progress, signal } = this.#job
    progress.begin('finding')
    const candidates: Candidate[] = []
    for await (const delta of scanFolders(query, progress, signal)) {
      for (const candidate of delta.candidates) candidates.push(candidate)
      for (const failure of delta.failures) this.#scanFailures.push(failure)
      for (const row of delta.vanished) this.#vanished.set(row.path, row)
      catalog.bulkTransaction(() => {
        delta.leftOut.forEach(({ folder, leftOut }) => catalog.folders.setLeftOut(folder, leftOut))
        catalog.folders.addMountPoints(delta.mountPoints)
      })
    }
    return this.#sidecars.takeFrom(candidates)
  }

  /** Reads, decodes, embeds, records and indexes the candidates. Returns how many there were. */
  async process(candidates: readonly Candidate[]): Promise<number> {
    const { progress, signal } = this.#job
    progress.begin('importing', candidates.length)
    const stop = (): void => void this.#readers.stopReading()
    signal.addEventListener('abort', stop)
    try {
      const prepared = mapConcurrently(this.#whileRunning(candidates), PHOTOS_AT_ONCE, candidate =>
        this.#prepare(candidate),
      )
      const batches = prefetch(inBatches(prepared, BATCH_SIZE), 2)
      const embedded = prefetch(
        mapConcurrently(batches, 1, batch => this.#embed(batch)),
        2,
      )
      const indexed = mapConcurrently(embedded, 2, batch => this.#record(batch))
      for await (const files of indexed) progress.advance(files)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
      await this.#readers.close()
    }
    signal.throwIfAborted()
    return candidates.length
  }

  /** Records the files that are gone: a photo without another path is missing, a moved one loses its old path. */
  async settleVanished(): Promise<void> {
    const { catalog, index } = this.#tools
    await this.#noticeMovesFromElsewhere()
    const { unsearchable, paired } = catalog.bulkTransaction(() => {
      for (const row of this.#vanished.values()) {
        this.#parts.note(row.path)
        this.#ledger.record(row.path, row.state === 'present' ? row.photoId : null, null)
        if (!catalog.files.markMissing(row.id)) catalog.files.forget(row.id)
      }
      // One that was imported in this run and is gone again has neither gained nor lost a path.
      const gone = [...this.#vanished.values()].flatMap(
        ({ photoId, heldPhotoId }) => photoId ?? heldPhotoId ?? [],
      )
      const touched = new Set([...this.#ledger.gained(), ...this.#ledger.lost(), ...gone])
      for (const photo of touched)
        if (catalog.files.pathOf(photo) !== undefined)
          for (const { id } of catalog.files.missingOf(photo)) catalog.files.forget(id)
      const paired = [...settlePairs(catalog, [...this.#vanished.keys(), ...otherPaths(catalog, gone)])]
      settleEdits(catalog)
      const unsearchable = [...touched].filter(photo => !catalog.files.isShown(photo) && index.has(photo))
      if (unsearchable.length > 0 || paired.length > 0) catalog.settings.bumpGeneration()
      return { unsearchable, paired: paired.filter(photo => !unsearchable.includes(photo)) }
    })
    await Promise.all([index.remove(unsearchable), followPairs(catalog, index, paired)])
  }

  /** When all photos are recorded. */
  settleSidecars(): Promise<void> {
    return this.#sidecars.settle([...this.#vanished.keys()].filter(isSidecar))
  }

  counts(): ReturnType<PathLedger['counts']> {
    const { files } = this.#tools.catalog
    return this.#parts.leaveOut(this.#ledger).counts(
      photo => files.presentOf(photo).filter(({ partOf }) => partOf === null).length,
      photo => this.#newPhotos.has(photo),
    )
  }

  /** Every file below the folders that could not be imported, in this run or an earlier one. */
  failures(folders: readonly FilePath[]): FailedFile[] {
    const inScope = (path: FilePath): boolean => folders.some(folder => isBelow(path, folder))
    const recorded = this.#tools.catalog.files.failed().filter(({ path }) => inScope(path))
    const files = recorded.map(({ path, failureCode, failureMessage }) => ({
      path,
      code: failureCode!,
      message: failureMessage!,
    }))
    const links = this.#scanFailures.map(({ path, code, message }) => ({ path, code, message }))
    return [...links, ...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Every photo below the folders of which a part is missing, of this run or an earlier one. */
  damaged(folders: readonly FilePath[]): DamagedFile[] {
    const inScope = (path: FilePath): boolean => folders.some(folder => isBelow(path, folder))
    return this.#tools.catalog.photos
      .damaged()
      .filter(({ path }) => inScope(path))
      .map(({ path, damage }) => ({ path, ...damage, message: describeDamage(damage) }))
  }

  async *#whileRunning(candidates: readonly Candidate[]): AsyncGenerator<Candidate> {
    for (const candidate of candidates) {
      await this.#job.checkpoint()
      yield candidate
    }
  }

  async #prepare(candidate: Candidate): Promise<Prepared> {
    const { path, stamp } = candidate
    try {
      return await this.#readers.use(path, stamp.size, photo => this.#decodeUnlessKnown(candidate, photo))
    } catch (error) {
      const { code, message } = asKindredError(error)
      if (ofTheMachine.has(code)) throw error
      return { ...candidate, kind: 'failed', code, message }
    }
  }

  async #decodeUnlessKnown(candidate: Candidate, opened: OpenPhoto | undefined): Promise<Prepared> {
    if (!opened) return { ...candidate, kind: 'ignored' }
    const { bytes, contentHash } = opened
    const known = this.#tools.catalog.photos.byHash(contentHash)
    if (known && (await this.#isComplete(known, contentHash)))
      return { ...candidate, kind: 'known', photoId: known.id }
    return { ...candidate, kind: 'decoded', contentHash, bytes, photo: await opened.decode() }
  }

  async #isComplete({ id, pipeline, standIn }: PhotoRow, contentHash: Buffer): Promise<boolean> {
    const { catalog, backboneId, thumbnails } = this.#tools
    if (pipeline !== PIPELINE_VERSION) return false
    // Of a video that could not be seen without ffmpeg, a frame may be there by now.
    if (standIn === 'no-ffmpeg') return false
    if (standIn === null && !catalog.features.has(backboneId, id, PIPELINE_VERSION)) return false
    return thumbnails.has(contentHash)
  }

  async #embed(batch: readonly Prepared[]): Promise<Embedded[]> {
    const { embedder } = this.#tools
    const decoded = batch.filter(item => item.kind === 'decoded').filter(({ photo }) => !photo.video?.standIn)
    if (decoded.length === 0) return [...batch]
    const features = await embedder.features(decoded.map(item => item.photo.network))
    const rows = new Map(
      decoded.map((item, n) => [
        item.path,
        features.subarray(n * embedder.featureLength, (n + 1) * embedder.featureLength),
      ]),
    )
    return batch.map(item => {
      const row = rows.get(item.path)
      return row ? { ...item, features: row } : item
    })
  }

  /**
   * Records a batch, and changes the index in the same step: where the import is cut off, both agree.
   * @returns how many files these were
   */
  async #record(batch: readonly Embedded[]): Promise<number> {
    const { catalog, index, thumbnails } = this.#tools
    // Before the catalog says that these photos are complete.
    await thumbnails.sync(batch.flatMap(item => (item.kind === 'decoded' ? [item.contentHash] : [])))
    const { shown, hidden, again, paired } = catalog.bulkTransaction(() => {
      const again = new Set(batch.flatMap(item => this.#photoDecodedAgain(item) ?? []))
      const before = batch.flatMap(({ path }) => this.#photoAt(path) ?? [])
      const shown = batch.flatMap(item => this.#recordFile(item) ?? [])
      const isNew = (photo: PhotoId): boolean => this.#newPhotos.has(photo)
      const known = [...before, ...shown].filter(photo => !isNew(photo))
      const paths = [...batch.map(({ path }) => path), ...otherPaths(catalog, known)]
      const paired = settlePairs(catalog, paths, isNew)
      const isShown = (photo: PhotoId): boolean => catalog.files.isShown(photo)
      const hidden = before.filter(photo => !isShown(photo))
      const isNews = hidden.length > 0 || paired.size > 0
      if (isNews || shown.some(photo => !index.has(photo) && isShown(photo)))
        catalog.settings.bumpGeneration()
      return { shown, hidden, again, paired }
    })
    const settled = new Set([...again, ...hidden])
    const rest = [...paired].filter(photo => !settled.has(photo))
    await Promise.all([
      index.remove(hidden.filter(photo => !again.has(photo))),
      index.replace([...again]),
      followPairs(catalog, index, rest),
      index.add(shown.filter(photo => !settled.has(photo) && !paired.has(photo))),
    ])
    return batch.length
  }

  /** One that the library had has other features now, since a later version has decoded it. */
  #photoDecodedAgain(item: Embedded): PhotoId | undefined {
    return item.kind === 'decoded' ? this.#tools.catalog.photos.byHash(item.contentHash)?.id : undefined
  }

  #photoAt(path: FilePath): PhotoId | null {
    const row = this.#tools.catalog.files.byPath(path)
    return row?.state === 'present' ? row.photoId : null
  }

  /** @returns the photo at the path, if there is one */
  #recordFile(item: Embedded): PhotoId | undefined {
    const { catalog } = this.#tools
    const { path, stamp } = item
    const photoBefore = this.#photoAt(path)
    // It is gone, or its drive is: what became of the photo shows when its folder is compared next.
    if (item.kind === 'failed' && item.code === 'file-vanished' && photoBefore !== null) return photoBefore
    this.#parts.note(path)
    if (item.kind === 'failed') {
      catalog.files.record(
        path,
        stamp,
        { state: 'failed', code: item.code, message: item.message },
        PIPELINE_VERSION,
      )
      this.#ledger.record(path, photoBefore, null)
      return undefined
    }
    if (item.kind === 'ignored') {
      catalog.files.record(path, stamp, { state: 'ignored' }, PIPELINE_VERSION)
      this.#ledger.record(path, photoBefore, null)
      return undefined
    }
    const photoId = item.kind === 'known' ? item.photoId : this.#recordPhoto(item)
    const replaced = photoBefore ?? catalog.files.byPath(path)?.heldPhotoId ?? null
    catalog.files.record(path, stamp, { state: 'present', photoId }, PIPELINE_VERSION, fileDate(path, stamp))
    this.#ledger.record(path, photoBefore, photoId)
    if (photoBefore !== photoId) this.#sidecars.photoFound(path)
    const isNew = this.#newPhotos.has(photoId)
    if (isNew && item.kind === 'decoded') catalog.albumCommands.claimAwaited(item.contentHash, path)
    if (replaced !== null && replaced !== photoId)
      catalog.photos.noteReplaced({ before: replaced, after: photoId, isNew })
    return photoId
  }

  #recordPhoto(item: Extract<Embedded, { kind: 'decoded' }>): PhotoId {
    const { catalog, backboneId, now } = this.#tools
    const isNew = !catalog.photos.byHash(item.contentHash)
    const photoId = catalog.photos.record(item.contentHash, item.bytes, item.photo, PIPELINE_VERSION, now())
    if (isNew) this.#newPhotos.add(photoId)
    if (item.features) catalog.features.put(backboneId, photoId, PIPELINE_VERSION, item.features)
    return photoId
  }

  /** A photo may have come from a folder that was not scanned: where its old path is gone, it counts as moved. */
  async #noticeMovesFromElsewhere(): Promise<void> {
    const { files } = this.#tools.catalog
    for (const photo of this.#ledger.gained())
      for (const row of files.presentOf(photo)) if (await isGone(row.path)) this.#vanished.set(row.path, row)
  }
}

/** Failures that would happen with every other file as well: they end the run instead of being blamed on a photo. */
const ofTheMachine = new Set<ErrorCode>([
  'drive-stalled',
  'disk-full',
  'disk-failing',
  'library-unwritable',
  'worker-gone',
  'internal',
])
