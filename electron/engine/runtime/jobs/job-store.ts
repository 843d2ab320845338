import type { JobId } from '../../../shared/ids.ts'

/** A job that was cut off, as it is kept. */
export interface StoredJob {
  readonly id: JobId
  readonly kind: string
  /** JSON. */
  readonly parameters: string
}

/** Where jobs are remembered, so that what was cut off can go on. Times are milliseconds since 1970. */
export interface JobStore {
  begin(kind: string, parameters: string, now: number): JobId
  restart(id: JobId, now: number): void
  progress(id: JobId, phase: string, done: number, total: number | null, now: number): void
  /** It is over: what it would have resumed from goes with it. */
  finish(
    id: JobId,
    state: 'done' | 'failed' | 'cancelled',
    outcome: { error?: string; result?: string },
    now: number,
  ): void
  /** It was stopped before its end, and resumes another time. */
  interrupt(id: JobId, now: number): void
  /** What still counts as running when a library is opened was cut off. */
  markInterrupted(now: number): void
  interrupted(): readonly StoredJob[]
}
