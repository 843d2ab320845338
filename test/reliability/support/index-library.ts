import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Catalog } from '../../../electron/engine/library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'
import { EmbeddingIndex, type Recovery } from '../../../electron/engine/retrieval/index/embedding-index.ts'
import { embed, identityHead } from '../../../electron/engine/vision/head/head.ts'
import type { ModelVersion } from '../../../electron/engine/vision/model-versions.ts'
import type { PhotoId } from '../../../electron/shared/ids.ts'
import type { Random } from '../../../electron/shared/random.ts'

const DIMENSION = 128
const QUERIES = 3

const made = {
  format: 'JPEG',
  width: 3,
  height: 2,
  averageColor: 0,
  metadata: {},
  perceptualHash: Buffer.alloc(8),
}

/** A catalog of photos with features but without files, and its index: what the index is made of, and nothing else. */
export class IndexLibrary {
  readonly catalog: Catalog
  readonly version: ModelVersion
  readonly file: string
  readonly #random: Random

  constructor(folder: string, random: Random) {
    this.catalog = new Catalog(join(folder, 'catalog.db'), join(folder, 'backups'))
    const { models } = this.catalog
    const backboneId = models.ensureBackbone('made', 'ab', '{}', 0)
    const headId = models.ensureHead(backboneId, 'made', DIMENSION, null, 0)
    this.version = { headId, backboneId, name: 'made', head: identityHead(DIMENSION) }
    this.file = join(folder, 'index.kindred')
    this.#random = random
  }

  open(): Promise<{ readonly index: EmbeddingIndex; readonly recovery: Recovery }> {
    return EmbeddingIndex.open(this.catalog, this.file, this.version)
  }

  /** Puts photos into the catalog, in one transaction. */
  put(count: number): PhotoId[] {
    const { photos, files, features, settings } = this.catalog
    return this.catalog.transaction(() => {
      settings.bumpGeneration()
      return Array.from({ length: count }, () => {
        const hash = createHash('sha256').update(String(this.#random.next())).digest()
        const photoId = photos.record(hash, 1, made, PIPELINE_VERSION, 0)
        const stamp = { size: 1, modifiedMs: 1, changedMs: 1 }
        files.record(
          `/photos/${hash.toString('hex')}`,
          stamp,
          { state: 'present', photoId },
          PIPELINE_VERSION,
        )
        features.put(this.version.backboneId, photoId, PIPELINE_VERSION, this.#vector())
        return photoId
      })
    })
  }

  /** Marks the files of photos as gone, in one transaction. */
  take(photos: readonly PhotoId[]): void {
    const { files, settings } = this.catalog
    this.catalog.transaction(() => {
      settings.bumpGeneration()
      for (const photo of photos) for (const { id } of files.presentOf(photo)) files.markMissing(id)
    })
  }

  searchable(): PhotoId[] {
    return this.catalog.features.searchableIds(this.version.backboneId, PIPELINE_VERSION)
  }

  /** How an index differs from the catalog, or its searches from a sort by distance; empty where it does not. */
  async differences(index: EmbeddingIndex): Promise<string[]> {
    const { catalog, version } = this
    const ids = this.searchable()
    const missing = ids.filter(id => !index.has(id)).length
    if (index.size !== ids.length || missing > 0)
      return [`the index holds ${index.size} photos, the catalog ${ids.length}, ${missing} are missing`]
    const vectors = ids.map(id =>
      embed(version.head, catalog.features.asFloat32(version.backboneId, id, PIPELINE_VERSION)!),
    )
    const differences: string[] = []
    for (let i = 0; i < QUERIES; i++) {
      const query = embed(version.head, this.#vector())
      const exact = new Map(ids.map((id, n) => [id, distance(vectors[n]!, query)]))
      const sorted = [...exact.values()].sort((a, b) => a - b)
      const found = await index.search(query, ids.length + 5)
      const wrong = found.filter(
        ({ id, distance }, n) => differs(distance, exact.get(id)) || differs(distance, sorted[n]),
      )
      if (found.length !== ids.length || wrong.length > 0)
        differences.push(`a search returns ${found.length} of ${ids.length}, ${wrong.length} of them wrong`)
    }
    return differences
  }

  #vector(): Float32Array {
    return Float32Array.from({ length: DIMENSION }, () => this.#random.gauss())
  }
}

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))

const differs = (found: number, exact = NaN): boolean => !(Math.abs(found - exact) < 1e-3)
