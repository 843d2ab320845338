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

/** Backbones and heads in all their versions. A new one is added beside the old, nothing is replaced. */
export class Models {
  readonly #settings: Settings
  readonly #backbone
  readonly #backboneHash
  readonly #backboneCard
  readonly #addBackbone
  readonly #heads
  readonly #lastHead
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
    this.#lastHead = db.prepare<[], number | null>('SELECT max(id) FROM head').pluck()
    this.#heads = db.prepare<[], HeadRow>(`SELECT ${headColumns} FROM head ORDER BY id`)
    this.#headById = db.prepare<[HeadId], HeadRow>(`SELECT ${headColumns} FROM head WHERE id = ?`)
    this.#headByName = db.prepare<[BackboneId, string], HeadRow>(
      `SELECT ${headColumns} FROM head WHERE backbone_id = ? AND name = ?`,
    )
    this.#addHead = db.prepare<[BackboneId, string, number, Buffer | null, number]>(
      'INSERT INTO head (backbone_id, name, dimension, parameters, added_at) VALUES (?, ?, ?, ?, ?)',
    )
  }

  /** The row of this backbone, added when there is none yet. */
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

  /** Adds a head under a name that no other has. */
  addHead(backbone: BackboneId, name: string, dimension: number, parameters: Buffer, now: number): HeadId {
    return Number(this.#addHead.run(backbone, name, dimension, parameters, now).lastInsertRowid) as HeadId
  }

  /** The first of `prefix-1`, `prefix-2` … that no head has. */
  freeName(prefix: string): string {
    const taken = new Set(this.heads().map(({ name }) => name))
    let number = 1
    while (taken.has(`${prefix}-${number}`)) number++
    return `${prefix}-${number}`
  }

  /** SHA-256 of its file. */
  backboneHash(id: BackboneId): string | undefined {
    return this.#backboneHash.get(id)
  }

  /** The model card as JSON (vision/network/model-card.ts). */
  backboneCard(id: BackboneId): string | undefined {
    return this.#backboneCard.get(id)
  }

  headById(id: HeadId): HeadRow | undefined {
    return this.#headById.get(id)
  }

  heads(): HeadRow[] {
    return this.#heads.all()
  }

  /** The id of the head that was added last; 0 where there is none. */
  lastHead(): number {
    return this.#lastHead.get() ?? 0
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
