import type { HeadId, JobId, PhotoId } from '../../../shared/ids.ts'
import type { GateReason, TrainingReport } from '../../../shared/training-report.ts'
import type { LabelledPhoto } from '../rows.ts'
import type { Database } from './database.ts'
import { parseStoredReport } from './stored-report.ts'

interface TrainingRow {
  readonly headId: HeadId
  readonly accepted: 0 | 1
  /** JSON. */
  readonly report: string
}

/** Trainings: their reports, the photos that each head was trained on, and checkpoints. */
export class Trainings {
  readonly #photo
  readonly #setFold
  readonly #add
  readonly #byHead
  readonly #seen
  readonly #heldOutSinceAccepted
  readonly #saveCheckpoint
  readonly #checkpoint
  readonly #dropCheckpoint
  readonly #setHash

  constructor(db: Database) {
    this.#photo = db.prepare<[PhotoId], LabelledPhoto>(
      `SELECT photo.id, content_hash AS contentHash, perceptual_hash AS perceptualHash, camera,
              iif(coalesce(taken_precision, 'second') = 'second', taken_at, NULL) AS takenAt,
              coalesce(label_fold.fold, -1) AS fold
       FROM photo LEFT JOIN label_fold ON label_fold.photo_id = photo.id WHERE photo.id = ?`,
    )
    this.#setFold = db.prepare<[PhotoId, number]>(
      `INSERT INTO label_fold (photo_id, fold) VALUES (?, ?) ON CONFLICT (photo_id) DO UPDATE SET fold = excluded.fold`,
    )
    this.#add = db.prepare<[HeadId, number, string, Buffer, number]>(
      `INSERT INTO training (head_id, accepted, report, seen, created_at) VALUES (?, ?, ?, ?, ?)`,
    )
    this.#byHead = db.prepare<[HeadId], TrainingRow>(
      `SELECT head_id AS headId, accepted, report FROM training WHERE head_id = ?`,
    )
    this.#seen = db.prepare<[HeadId], Buffer>(`SELECT seen FROM training WHERE head_id = ?`).pluck()
    this.#heldOutSinceAccepted = db
      .prepare<[string], number>(
        `SELECT json_extract(report, '$.heldOut') FROM training
         WHERE head_id > coalesce((SELECT max(head_id) FROM training WHERE accepted = 1), 0)
           AND json_extract(report, '$.reason') NOT IN (SELECT value FROM json_each(?))
         ORDER BY head_id`,
      )
      .pluck()
    this.#saveCheckpoint = db.prepare<[JobId, Buffer]>(
      `INSERT INTO checkpoint (job_id, state) VALUES (?, ?) ON CONFLICT (job_id) DO UPDATE SET state = excluded.state`,
    )
    this.#checkpoint = db.prepare<[JobId], Buffer>(`SELECT state FROM checkpoint WHERE job_id = ?`).pluck()
    this.#dropCheckpoint = db.prepare<[JobId]>(`DELETE FROM checkpoint WHERE job_id = ?`)
    this.#setHash = db.prepare<[Buffer, PhotoId]>(`UPDATE photo SET perceptual_hash = ? WHERE id = ?`)
  }

  /** A photo with what training needs, its fold included. */
  photo(id: PhotoId): LabelledPhoto | undefined {
    return this.#photo.get(id)
  }

  setFold(photo: PhotoId, fold: number): void {
    this.#setFold.run(photo, fold)
  }

  setPerceptualHash(photo: PhotoId, hash: Buffer): void {
    this.#setHash.run(hash, photo)
  }

  /** @param seen the photos that the head was trained on */
  add(head: HeadId, report: TrainingReport, seen: readonly PhotoId[]): void {
    const ids = Buffer.alloc(seen.length * 4)
    for (const [i, id] of seen.entries()) ids.writeUInt32LE(id, i * 4)
    this.#add.run(head, report.accepted ? 1 : 0, JSON.stringify(report), ids, report.createdAt)
  }

  report(head: HeadId): TrainingReport | undefined {
    const row = this.#byHead.get(head)
    return row && parseStoredReport(row.report)
  }

  /** Photos that the head was trained on; none are known for a head that was imported. */
  seen(head: HeadId): ReadonlySet<PhotoId> {
    const ids = this.#seen.get(head) ?? Buffer.alloc(0)
    return new Set(Array.from({ length: ids.length / 4 }, (_, i) => ids.readUInt32LE(i * 4) as PhotoId))
  }

  /**
   * How many photos were held out in each training since a version was last accepted.
   * @param except trainings refused for these reasons are left out
   */
  heldOutSinceAccepted(except: readonly GateReason[]): number[] {
    return this.#heldOutSinceAccepted.all(JSON.stringify(except))
  }

  /** Saves the state to resume from; it is kept until the job is over. */
  saveCheckpoint(job: JobId, state: Uint8Array): void {
    this.#saveCheckpoint.run(job, Buffer.from(state))
  }

  checkpoint(job: JobId): Buffer | undefined {
    return this.#checkpoint.get(job)
  }

  dropCheckpoint(job: JobId): void {
    this.#dropCheckpoint.run(job)
  }
}
