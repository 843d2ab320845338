import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Catalog } from '../../electron/engine/library/catalog/catalog.ts'
import { openCatalog, type OpenedCatalog } from '../../electron/engine/library/rescue/open-catalog.ts'
import { PIPELINE_VERSION } from '../../electron/engine/library/pipeline-version.ts'
import { layoutOf, type LibraryLayout } from '../../electron/engine/library/layout.ts'
import { silentLog } from '../../electron/engine/runtime/log.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'

const FEATURES = 512

/** A catalog with its journal, open. */
export class LabelledCatalog {
  readonly layout: LibraryLayout
  #opened: OpenedCatalog | undefined
  /** Milliseconds since 1970; goes on by a second with each reading. */
  time = Date.UTC(2026, 4, 3, 10)

  constructor(folder: string) {
    this.layout = layoutOf(folder)
  }

  get catalog(): Catalog {
    return this.#opened!.catalog
  }

  get journal(): OpenedCatalog['journal'] {
    return this.#opened!.journal
  }

  /** Returns what was repaired, in words. */
  open(rescue = false): string | undefined {
    mkdirSync(this.layout.folder, { recursive: true })
    this.#opened = openCatalog(this.layout, { rescue, log: silentLog, now: () => (this.time += 1000) })
    return this.#opened.repaired
  }

  close(): void {
    this.#opened?.journal.close()
    this.#opened?.catalog.close()
    this.#opened = undefined
  }

  /** Photos `/photos/0.jpg`… with features, from a first number on. */
  addPhotos(count: number, from = 0): PhotoId[] {
    const { catalog } = this
    const backbone = catalog.models.ensureBackbone('test', 'ab', '{}', 0)
    return catalog.bulkTransaction(() => {
      catalog.addRoot('/photos')
      catalog.settings.bumpGeneration()
      return Array.from({ length: count }, (_, i) => {
        const photo = recordPhoto(catalog, from + i)
        const features = Float32Array.from({ length: FEATURES }, (_, at) => ((from + i) * 7 + at * 13) % 31)
        catalog.features.put(backbone, photo, PIPELINE_VERSION, features)
        return photo
      })
    })
  }

  /** Albums and labels by names and contents: comparable between catalogs. */
  labels(): string[] {
    const { db } = this.catalog
    const labels = db
      .prepare<[], string>(
        `SELECT album.name || ' ' || album.teaches || ' ' || verdict || ' ' || lower(hex(content_hash))
         FROM album_photo JOIN album ON album.id = album_id JOIN photo ON photo.id = photo_id`,
      )
      .pluck()
    const pairs = db
      .prepare<[], string>(
        `SELECT lower(hex(anchor.content_hash)) || ' not ' || lower(hex(negative.content_hash)) FROM not_like
         JOIN photo AS anchor ON anchor.id = anchor_id JOIN photo AS negative ON negative.id = negative_id`,
      )
      .pluck()
    const albums = db.prepare<[], string>(`SELECT 'album ' || name FROM album`).pluck()
    return [...albums.all(), ...labels.all(), ...pairs.all()].sort()
  }
}

/** A photo as an import would record it; the number is its content. */
export function recordPhoto(catalog: Catalog, number: number, path = `/photos/${number}.jpg`): PhotoId {
  const contentHash = createHash('sha256').update(`photo ${number}`).digest()
  const isNew = catalog.photos.byHash(contentHash) === undefined
  const photo = catalog.photos.record(
    contentHash,
    1000,
    {
      format: 'JPEG',
      width: 3,
      height: 2,
      averageColor: 0,
      metadata: {},
      perceptualHash: contentHash.subarray(0, 8),
    },
    PIPELINE_VERSION,
    0,
  )
  catalog.files.record(
    path,
    { size: 1000, modifiedMs: 1.5, changedMs: 2.5 },
    { state: 'present', photoId: photo },
    PIPELINE_VERSION,
  )
  if (isNew) catalog.albumCommands.claimAwaited(contentHash, path)
  return photo
}
