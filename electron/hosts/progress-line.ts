import type { JobProgress } from '../shared/results.ts'

const WIDTH = 24

const phaseWords: Readonly<Record<string, string>> = {
  waiting: 'Waiting for other work to end',
  finding: 'Finding photos',
  importing: 'Reading photos',
  evaluating: 'Evaluating',
}

/** A bar on a terminal: rewritten in place, gone at the end. Elsewhere nothing is written. */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream
  readonly #active: boolean

  constructor(out: NodeJS.WriteStream, quiet: boolean) {
    this.#out = out
    this.#active = out.isTTY && !quiet
  }

  show(progress: JobProgress): void {
    if (this.#active) this.#out.write(`\r\x1b[K${formatProgress(progress)}`)
  }

  clear(): void {
    if (this.#active) this.#out.write('\r\x1b[K')
  }
}

/** Such as `Reading photos ━━━━━━──── 4,210 of 8,189 · 210/s · about 19 s left`. */
export function formatProgress({ phase, done, total, rate, secondsLeft }: JobProgress): string {
  const words = phaseWords[phase] ?? phase
  if (total === undefined) return `${words}… ${count(done)}`
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total)
  const bar = '━'.repeat(filled) + '─'.repeat(WIDTH - filled)
  const left = secondsLeft === undefined || done === total ? '' : ` · about ${duration(secondsLeft)} left`
  return `${words} ${bar} ${count(done)} of ${count(total)} · ${count(Math.round(rate))}/s${left}`
}

export const count = (n: number): string => n.toLocaleString('en')

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
