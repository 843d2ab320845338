import type { JobId } from '../../../shared/ids.ts'

/** A stored job that was cut off. */
export interface StoredJob {
  readonly id: JobId
  readonly kind: string
  /** JSON. */
  readonly parameters: string
}

/** Stores jobs, so that those that were cut off can resume. Times are milliseconds since 1970. */
export interface JobStore {
  begin(kind: string, parameters: string, now: number): JobId
  restart(id: JobId, now: number): void
  progress(id: JobId, phase: string, done: number, total: number | null, now: number): void
  /** The job is over; its checkpoint is dropped. */
  finish(
    id: JobId,
    state: 'done' | 'failed' | 'cancelled',
    outcome: { error?: string; result?: string },
    now: number,
  ): void
  /** The job was stopped before its end and can resume. */
  interrupt(id: JobId, now: number): void
  /** Marks jobs that still count as running as interrupted: called when a library is opened. */
  markInterrupted(now: number): void
  interrupted(): readonly StoredJob[]
  /** Forgets the jobs of a kind that are over. */
  forgetEnded(kind: string): void
}
