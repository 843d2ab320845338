import type { BackboneId, PhotoId } from '../../../shared/ids.ts'
import type { Database } from './database.ts'
import { showsPhoto } from './files.ts'
import { toFloat16, toFloat32 } from './float16.ts'

export interface StoredFeatures {
  readonly photoId: PhotoId
  /** float16, little-endian. */
  readonly vector: Buffer
}

/** SQL: photos that can be searched have features of this pipeline and a file by which they are shown. */
const searchable = `
  FROM features f
  WHERE f.backbone_id = ? AND f.pipeline = ?
    AND EXISTS (SELECT 1 FROM file WHERE file.photo_id = f.photo_id AND ${showsPhoto})`

/** Features: the output of a backbone for each photo. */
export class Features {
  readonly #get
  readonly #put
  readonly #searchableIds
  readonly #isSearchable
  readonly #countSearchable
  readonly #lackingIds

  constructor(db: Database) {
    this.#get = db
      .prepare<[BackboneId, PhotoId, number], Buffer>(
        `SELECT vector FROM features WHERE backbone_id = ? AND photo_id = ? AND pipeline = ?`,
      )
      .pluck()
    this.#put = db.prepare<[BackboneId, PhotoId, number, Buffer]>(
      `INSERT INTO features (backbone_id, photo_id, pipeline, vector) VALUES (?, ?, ?, ?)
       ON CONFLICT (backbone_id, photo_id) DO UPDATE SET pipeline = excluded.pipeline, vector = excluded.vector`,
    )
    this.#searchableIds = db
      .prepare<[BackboneId, number], PhotoId>(`SELECT f.photo_id ${searchable} ORDER BY f.photo_id`)
      .pluck()
    this.#isSearchable = db
      .prepare<[BackboneId, number, PhotoId], number>(`SELECT 1 ${searchable} AND f.photo_id = ?`)
      .pluck()
    this.#lackingIds = db
      .prepare<[BackboneId, number], PhotoId>(
        `SELECT photo.id FROM photo
         WHERE stand_in IS NULL
           AND EXISTS (SELECT 1 FROM file WHERE file.photo_id = photo.id AND ${showsPhoto})
           AND NOT EXISTS (SELECT 1 FROM features f INDEXED BY features_by_pipeline
                           WHERE f.backbone_id = ? AND f.photo_id = photo.id AND f.pipeline = ?)
         ORDER BY photo.id`,
      )
      .pluck()
    this.#countSearchable = db.prepare<[BackboneId, number], number>(`SELECT count(*) ${searchable}`).pluck()
  }

  /** The float16 features; undefined where there are none of this pipeline. */
  get(backbone: BackboneId, photo: PhotoId, pipeline: number): Buffer | undefined {
    return this.#get.get(backbone, photo, pipeline)
  }

  has(backbone: BackboneId, photo: PhotoId, pipeline: number): boolean {
    return this.get(backbone, photo, pipeline) !== undefined
  }

  asFloat32(backbone: BackboneId, photo: PhotoId, pipeline: number): Float32Array | undefined {
    const stored = this.get(backbone, photo, pipeline)
    return stored && toFloat32(stored)
  }

  put(backbone: BackboneId, photo: PhotoId, pipeline: number, vector: Float32Array): void {
    this.#put.run(backbone, photo, pipeline, toFloat16(vector))
  }

  searchableIds(backbone: BackboneId, pipeline: number): PhotoId[] {
    return this.#searchableIds.all(backbone, pipeline)
  }

  isSearchable(backbone: BackboneId, photo: PhotoId, pipeline: number): boolean {
    return this.#isSearchable.get(backbone, pipeline, photo) !== undefined
  }

  /** Photos that are shown but have no features of this backbone and pipeline. */
  lackingIds(backbone: BackboneId, pipeline: number): PhotoId[] {
    return this.#lackingIds.all(backbone, pipeline)
  }

  countSearchable(backbone: BackboneId, pipeline: number): number {
    return this.#countSearchable.get(backbone, pipeline)!
  }
}
