import type { Job } from '../../electron/shared/contract.ts'
import { formatNumber, t } from '../locales/i18n.ts'
import { attempt } from './attempt.ts'
import type { Connection } from './connection.svelte.ts'

/** Background work, as the engine reports it. */
export class Jobs {
  list: readonly Job[] = $state.raw([])
  /** Whether the list of jobs is shown. */
  open = $state(false)
  readonly current = $derived(this.list.find(isAtWork))
  /** Whether a job is running that can put another model in use. */
  readonly switching = $derived(
    this.list.some(({ kind, state }) => (kind === 'switch' || kind === 'train') && state === 'running'),
  )
  #connection: Connection | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('jobs', ({ jobs }) => (this.list = jobs))
  }

  async control(action: 'pause' | 'resume' | 'cancel', id: number): Promise<void> {
    await attempt(this.#connection?.call(`jobs.${action}`, { id }))
  }
}

export const isAtWork = ({ state }: Job): boolean =>
  state === 'running' || state === 'paused' || state === 'stopping'

/** Returns how far a job is: `4,210 of 8,189, about 2 minutes left`. */
export function progressText({ state, progress }: Job): string {
  const { done, total, secondsLeft, phase } = progress
  if (state === 'paused') return t('jobs.paused')
  if (state === 'stopping') return t('jobs.stopping')
  if (phase === 'waiting') return t('jobs.waiting')
  if (total === undefined) return phase === 'finding' ? t('jobs.finding', { done }) : ''
  const left =
    secondsLeft === undefined || done === total
      ? ''
      : `, ${t('jobs.left', { time: formatDuration(secondsLeft) })}`
  return t('jobs.progress', { done, total }) + left
}

/** Returns the outcome of an import: `312 photos added, 2 moved`. */
export function resultText({ result }: Job): string {
  if (!result) return ''
  const counts = (['added', 'updated', 'moved', 'removed'] as const).flatMap(key =>
    result[key] > 0 ? t(`jobs.${key}`, { count: result[key] }) : [],
  )
  return counts.length > 0 ? `${counts.join(', ')}.` : t('jobs.doneNothing')
}

/** Returns what is left of a job that was cancelled. */
export function cancelledText({ kind }: Job): string {
  if (kind === 'import' || kind === 'albums') return t('jobs.cancelledImport')
  return kind === 'train' || kind === 'switch' || kind === 'network'
    ? t('jobs.cancelledModel')
    : t('jobs.cancelled')
}

export const share = ({ progress: { done, total } }: Job): number | undefined =>
  total === undefined ? undefined : total === 0 ? 1 : done / total

export const rateText = ({ progress }: Job): string =>
  progress.rate >= 1 ? t('jobs.rate', { rate: formatNumber(Math.round(progress.rate)) }) : ''

function formatDuration(seconds: number): string {
  if (seconds < 90) return t('jobs.seconds', { count: Math.max(1, Math.round(seconds)) })
  const minutes = Math.round(seconds / 60)
  return minutes < 90
    ? t('jobs.minutes', { count: minutes })
    : t('jobs.hours', { count: Math.round(minutes / 60) })
}

export const jobs = new Jobs()
