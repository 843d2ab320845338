import type { JobId } from '../../../shared/ids.ts'
import type { JobStore } from '../../runtime/jobs/job-store.ts'
import type { Database } from './database.ts'

export type JobState = 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

export interface JobRow {
  readonly id: JobId
  readonly kind: string
  /** JSON. */
  readonly parameters: string
  readonly state: JobState
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly attempts: number
}

const columns = 'id, kind, parameters, state, phase, done, total, attempts'

/** Jobs: long work, recorded so that it can be resumed after the program was killed. */
export class Jobs implements JobStore {
  readonly #insert
  readonly #restart
  readonly #progress
  readonly #finish
  readonly #dropCheckpoint
  readonly #interrupt
  readonly #interruptAll
  readonly #byState
  readonly #forgetEnded

  constructor(db: Database) {
    this.#insert = db.prepare<Record<string, unknown>>(
      `INSERT INTO job (kind, parameters, state, created_at, updated_at) VALUES (@kind, @parameters, 'running', @now, @now)`,
    )
    this.#restart = db.prepare<Record<string, unknown>>(
      `UPDATE job SET state = 'running', attempts = attempts + 1, updated_at = @now WHERE id = @id`,
    )
    this.#progress = db.prepare<Record<string, unknown>>(
      `UPDATE job SET phase = @phase, done = @done, total = @total, updated_at = @now WHERE id = @id`,
    )
    this.#finish = db.prepare<Record<string, unknown>>(
      `UPDATE job SET state = @state, error = @error, result = @result, updated_at = @now WHERE id = @id`,
    )
    this.#dropCheckpoint = db.prepare<[JobId]>(`DELETE FROM checkpoint WHERE job_id = ?`)
    this.#interrupt = db.prepare<Record<string, unknown>>(
      `UPDATE job SET state = 'interrupted', updated_at = @now WHERE id = @id`,
    )
    this.#interruptAll = db.prepare<[number]>(
      `UPDATE job SET state = 'interrupted', updated_at = ? WHERE state = 'running'`,
    )
    this.#byState = db.prepare<[JobState], JobRow>(`SELECT ${columns} FROM job WHERE state = ? ORDER BY id`)
    this.#forgetEnded = db.prepare<[string]>(
      `DELETE FROM job WHERE kind = ? AND state IN ('done', 'failed', 'cancelled')`,
    )
  }

  begin(kind: string, parameters: string, now: number): JobId {
    return Number(this.#insert.run({ kind, parameters, now }).lastInsertRowid) as JobId
  }

  restart(id: JobId, now: number): void {
    this.#restart.run({ id, now })
  }

  progress(id: JobId, phase: string, done: number, total: number | null, now: number): void {
    this.#progress.run({ id, phase, done, total, now })
  }

  /** Ends the job and deletes its checkpoint. */
  finish(
    id: JobId,
    state: 'done' | 'failed' | 'cancelled',
    outcome: { error?: string; result?: string },
    now: number,
  ): void {
    this.#finish.run({ id, state, error: outcome.error ?? null, result: outcome.result ?? null, now })
    this.#dropCheckpoint.run(id)
  }

  /** Marks a job that was stopped before its end and will be resumed. */
  interrupt(id: JobId, now: number): void {
    this.#interrupt.run({ id, now })
  }

  /** Marks every running job: when a library is opened, these were cut off with the program. */
  markInterrupted(now: number): void {
    this.#interruptAll.run(now)
  }

  forgetEnded(kind: string): void {
    this.#forgetEnded.run(kind)
  }

  interrupted(): JobRow[] {
    return this.withState('interrupted')
  }

  withState(state: JobState): JobRow[] {
    return this.#byState.all(state)
  }
}
