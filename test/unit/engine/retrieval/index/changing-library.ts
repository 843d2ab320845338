import { join } from 'node:path'
import { expect } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { EmbeddingIndex } from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import type { IndexView, Neighbour } from '../../../../../electron/engine/retrieval/index/index-view.ts'
import {
  embed,
  headFromParameters,
  headToParameters,
} from '../../../../../electron/engine/vision/head/head.ts'
import type { ModelVersion } from '../../../../../electron/engine/vision/model-versions.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { putSearchable, rawVersion, type Scratch } from '../../scratch.ts'

const LENGTH = 6

/** A version of its own length, under which other photos are near. */
export function projected(catalog: Catalog, dimension: number): ModelVersion {
  const { backboneId } = rawVersion(catalog, LENGTH)
  const random = new Random(`head ${dimension}`)
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.gauss())
  const projection = { mean: values(LENGTH), matrix: values(LENGTH * dimension) }
  const parameters = headToParameters({ inputLength: LENGTH, dimension, projection })
  const name = `projected to ${dimension}`
  const headId = catalog.models.ensureHead(backboneId, name, dimension, parameters, 0)
  return { headId, backboneId, name, head: headFromParameters(parameters, LENGTH) }
}

/** A library that changes, and what an exact search would return at any time. */
export class ChangingLibrary {
  readonly folder: string
  readonly catalog: Catalog
  readonly old: ModelVersion
  readonly next: ModelVersion
  readonly random: Random
  readonly present = new Set<PhotoId>()
  readonly #features = new Map<PhotoId, Float32Array>()
  readonly #paths = new Map<PhotoId, string>()
  readonly #embeddings = new Map<string, Float32Array>()
  index!: EmbeddingIndex

  constructor(scratch: Scratch, photos: number, seed: number | string) {
    this.folder = scratch.folder()
    this.catalog = scratch.catalog(this.folder)
    this.old = rawVersion(this.catalog, LENGTH)
    this.next = projected(this.catalog, 4)
    this.random = new Random(`library ${seed}`)
    this.catalog.transaction(() => {
      for (let i = 0; i < photos; i++) this.put()
    })
    this.catalog.models.activate(this.old.headId)
  }

  get file(): string {
    return join(this.folder, 'index.kindred')
  }

  async open(version = this.old): Promise<string> {
    const { index, recovery } = await EmbeddingIndex.open(this.catalog, this.file, version)
    this.index = index
    return recovery
  }

  /** Puts a photo into the catalog, not into the index. */
  put(): PhotoId {
    const path = `/photos/${this.#paths.size}.jpg`
    const features = Float32Array.from({ length: LENGTH }, () => this.random.gauss())
    const photo = putSearchable(this.catalog, this.old, path, [...features])
    this.#paths.set(photo, path)
    this.#features.set(photo, this.catalog.features.asFloat32(this.old.backboneId, photo, PIPELINE_VERSION)!)
    this.present.add(photo)
    return photo
  }

  async add(): Promise<void> {
    await this.index.add([this.put()])
  }

  async remove(): Promise<void> {
    if (this.present.size === 0) return
    const photo = this.random.pick([...this.present])
    this.catalog.files.markMissing(this.catalog.files.byPath(this.#paths.get(photo)!)!.id)
    this.catalog.settings.bumpGeneration()
    this.present.delete(photo)
    await this.index.remove([photo])
  }

  embedding(photo: PhotoId, { name, head }: ModelVersion): Float32Array {
    const key = `${name}/${photo}`
    const known = this.#embeddings.get(key) ?? embed(head, this.#features.get(photo)!)
    this.#embeddings.set(key, known)
    return known
  }

  exact(query: Float32Array, version: ModelVersion, photos: Iterable<PhotoId> = this.present): Neighbour[] {
    return [...photos]
      .map(id => ({ id, distance: distance(this.embedding(id, version), query) }))
      .sort((a, b) => a.distance - b.distance)
  }

  query({ head }: ModelVersion): Float32Array {
    return embed(
      head,
      Float32Array.from({ length: LENGTH }, () => this.random.gauss()),
    )
  }

  /**
   * Searches, and compares the result with all photos that were in the view from beginning to end. What is added after
   * a change of version is in the new index only, not in a view of the old one.
   */
  async search(view: IndexView): Promise<void> {
    const { version } = view
    const k = this.random.pick([1, 3, 10, 2000])
    const query = this.query(version)
    expect(query).toHaveLength(version.head.dimension)
    const before = this.present.intersection(view.photos)
    const found = await view.search(query, k)
    const stayed = before.intersection(this.present)
    for (const { id, distance: told } of found)
      expect(told).toBeCloseTo(distance(this.embedding(id, version), query), 3)
    const distances = found.map(({ distance }) => distance)
    expect(distances).toEqual([...distances].sort((a, b) => a - b))
    const reached = found.length < k ? Infinity : (distances.at(-1) ?? Infinity) - 0.001
    const ids = new Set(found.map(({ id }) => id))
    // As many photos as go while it searches may be missing.
    const gone = before.size - stayed.size
    const missed = this.exact(query, version, stayed).filter(
      ({ id, distance }) => distance < reached && !ids.has(id),
    )
    expect(missed.length).toBeLessThanOrEqual(gone)
  }

  /** Expects what an exact search under this version returns. */
  async expectExact(version: ModelVersion): Promise<void> {
    expect(this.index.version).toBe(version)
    expect(this.index.size).toBe(this.present.size)
    for (let i = 0; i < 3; i++) {
      const query = this.query(version)
      const found = await this.index.search(query, this.present.size + 5)
      const expected = this.exact(query, version)
      expect(new Set(found.map(({ id }) => id))).toEqual(this.present)
      for (const [i, { distance }] of found.entries()) expect(distance).toBeCloseTo(expected[i]!.distance, 3)
    }
  }
}

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, i) => value - b[i]!))
