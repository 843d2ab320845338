import type { BackboneId, HeadId } from '../../../shared/ids.ts'
import type { Database } from './database.ts'
import type { Settings } from './settings.ts'

export interface HeadRow {
  readonly id: HeadId
  readonly backboneId: BackboneId
  readonly name: string
  readonly dimension: number
  /** float32, little-endian: mean, then matrix row by row; null for features as they are. */
  readonly parameters: Buffer | null
  readonly addedAt: number
}

const headColumns = 'id, backbone_id AS backboneId, name, dimension, parameters, added_at AS addedAt'

/** Versions of backbones and heads. Nothing is replaced: a new one stands beside the old. */
export class Models {
  readonly #settings: Settings
  readonly #backbone
  readonly #backboneHash
  readonly #backboneCard
  readonly #addBackbone
  readonly #heads
  readonly #headById
  readonly #headByName
  readonly #addHead

  constructor(db: Database, settings: Settings) {
    this.#settings = settings
    this.#backbone = db.prepare<[string], BackboneId>('SELECT id FROM backbone WHERE sha256 = ?').pluck()
    this.#backboneHash = db.prepare<[BackboneId], string>('SELECT sha256 FROM backbone WHERE id = ?').pluck()
    this.#backboneCard = db.prepare<[BackboneId], string>('SELECT card FROM backbone WHERE id = ?').pluck()
    this.#addBackbone = db.prepare<[string, string, string, number]>(
      'INSERT INTO backbone (name, sha256, card, added_at) VALUES (?, ?, ?, ?)',
    )
    this.#heads = db.prepare<[], HeadRow>(`SELECT ${headColumns} FROM head ORDER BY id`)
    this.#headById = db.prepare<[HeadId], HeadRow>(`SELECT ${headColumns} FROM head WHERE id = ?`)
    this.#headByName = db.prepare<[BackboneId, string], HeadRow>(
      `SELECT ${headColumns} FROM head WHERE backbone_id = ? AND name = ?`,
    )
    this.#addHead = db.prepare<[BackboneId, string, number, Buffer | null, number]>(
      'INSERT INTO head (backbone_id, name, dimension, parameters, added_at) VALUES (?, ?, ?, ?, ?)',
    )
  }

  /** The row of this backbone, made when it is seen for the first time. */
  ensureBackbone(name: string, sha256: string, card: string, now: number): BackboneId {
    const known = this.#backbone.get(sha256)
    if (known !== undefined) return known
    return Number(this.#addBackbone.run(name, sha256, card, now).lastInsertRowid) as BackboneId
  }

  ensureHead(
    backbone: BackboneId,
    name: string,
    dimension: number,
    parameters: Buffer | null,
    now: number,
  ): HeadId {
    const known = this.#headByName.get(backbone, name)
    if (known) return known.id
    return Number(this.#addHead.run(backbone, name, dimension, parameters, now).lastInsertRowid) as HeadId
  }

  /** A new head under a name that is free. */
  addHead(backbone: BackboneId, name: string, dimension: number, parameters: Buffer, now: number): HeadId {
    return Number(this.#addHead.run(backbone, name, dimension, parameters, now).lastInsertRowid) as HeadId
  }

  /** `prefix-1`, `prefix-2` …: the first that no head has. */
  freeName(prefix: string): string {
    const taken = new Set(this.heads().map(({ name }) => name))
    for (let number = 1; ; number++) {
      const name = `${prefix}-${number}`
      if (!taken.has(name)) return name
    }
  }

  /** SHA-256 of its file. */
  backboneHash(id: BackboneId): string | undefined {
    return this.#backboneHash.get(id)
  }

  /** JSON, see embed/model-card.ts. */
  backboneCard(id: BackboneId): string | undefined {
    return this.#backboneCard.get(id)
  }

  headById(id: HeadId): HeadRow | undefined {
    return this.#headById.get(id)
  }

  heads(): HeadRow[] {
    return this.#heads.all()
  }

  headByName(backbone: BackboneId, name: string): HeadRow | undefined {
    return this.#headByName.get(backbone, name)
  }

  activeHead(): HeadRow | undefined {
    const id = this.#settings.number('activeHead')
    return id === undefined ? undefined : this.#headById.get(id as HeadId)
  }

  activate(head: HeadId): void {
    this.#settings.set('activeHead', head)
  }
}
