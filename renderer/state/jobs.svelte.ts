import type { Job } from '../../electron/shared/contract.ts'
import { fromPlainError } from '../../electron/shared/errors.ts'
import { formatBriefly, formatNumber, t } from '../locales/i18n.ts'
import { attempt } from './attempt.ts'
import type { Connection } from './connection.svelte.ts'
import { navigation } from './navigation.svelte.ts'
import { toasts } from './toasts.svelte.ts'

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
    connection.on('jobs', ({ jobs }) => {
      const atWork = new Set(this.list.filter(isAtWork).map(({ id }) => id))
      this.list = jobs
      for (const job of jobs) if (atWork.has(job.id) && !isAtWork(job)) this.#sayEnd(job)
    })
  }

  /** Reads what an import that was stopped has left unread. */
  async goOn(): Promise<void> {
    await attempt(this.#connection?.call('folders.rescan', {}))
  }

  async control(action: 'pause' | 'resume' | 'cancel', id: number): Promise<void> {
    await attempt(this.#connection?.call(`jobs.${action}`, { id }))
  }

  /** Of work that brings photos, how it ended: what came in, what could not be read, what is left. */
  #sayEnd(job: Job): void {
    if (job.kind !== 'import' && job.kind !== 'samples' && job.kind !== 'albums') return
    if (job.error) toasts.error(fromPlainError(job.error))
    else if (job.state === 'cancelled')
      toasts.info(
        cancelledText(job),
        canGoOn(job) ? { label: t('jobs.goOn'), run: () => void this.goOn() } : undefined,
      )
    // Albums are announced by whoever asked for them, with a button to undo that.
    else if (job.kind !== 'albums') {
      const problems = problemsOf(job)
      const text = [resultText(job), ...problems].filter(Boolean).join(' ')
      // Of sample photos, the import that follows tells.
      if (text === '') return
      const show = { label: t('jobs.show'), run: () => navigation.go({ view: 'failed' }) }
      toasts.info(text, problems.length > 0 ? show : undefined)
    }
  }
}

export const isAtWork = ({ state }: Job): boolean =>
  state === 'running' || state === 'paused' || state === 'stopping'

/**
 * Returns how far a job is: `4,210 of 8,189, about 2 minutes left`.
 * @param brief for one line of the sidebar: `4,210 of 8,189, 2 min left`
 */
export function progressText({ state, progress }: Job, brief = false): string {
  const { done, total, secondsLeft, phase } = progress
  if (state === 'paused') return total === undefined ? t('jobs.paused') : t('jobs.pausedAt', { done, total })
  if (state === 'stopping') return t('jobs.stopping')
  if (phase === 'waiting') return t('jobs.waiting')
  if (total === undefined) return phase === 'finding' ? t('jobs.finding', { done }) : ''
  const left =
    secondsLeft === undefined || done === total
      ? ''
      : `, ${brief ? briefTimeLeft(secondsLeft) : t('jobs.left', { time: formatDuration(secondsLeft) })}`
  return t('jobs.progress', { done, total }) + left
}

/** Returns the outcome of an import: `312 photos added, 2 moved`. */
export function resultText({ result, made }: Job): string {
  if (made) return t('albums.made', { count: made.albums, photos: formatNumber(made.photos) })
  if (!result) return ''
  const counts = (['added', 'updated', 'moved', 'removed'] as const).flatMap(key =>
    result[key] > 0 ? t(`jobs.${key}`, { count: result[key] }) : [],
  )
  return counts.length > 0 ? `${counts.join(', ')}.` : t('jobs.doneNothing')
}

/** Whether there is more to read of an import that was stopped. */
export const canGoOn = ({ kind, state, progress: { done, total } }: Job): boolean =>
  kind === 'import' && state === 'cancelled' && (total === undefined || done < total)

/** Returns which files of an import need a look, each as a sentence. */
export const problemsOf = ({ result }: Job): string[] => [
  ...(result && result.failed > 0 ? [t('jobs.failed', { count: result.failed })] : []),
  ...(result && result.damaged > 0 ? [t('jobs.damaged', { count: result.damaged })] : []),
]

/** Returns what is left of a job that was cancelled. */
export function cancelledText({ kind, progress: { done, total } }: Job): string {
  if (kind === 'import' && total !== undefined) return t('jobs.stoppedAt', { done, total })
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
  const { count, unit } = roughly(seconds)
  return t(`jobs.${unit}s`, { count })
}

function briefTimeLeft(seconds: number): string {
  const { count, unit } = roughly(seconds)
  return t('jobs.leftBriefly', { time: formatBriefly(count, unit) })
}

function roughly(seconds: number): { count: number; unit: 'second' | 'minute' | 'hour' } {
  if (seconds < 90) return { count: Math.max(1, Math.round(seconds)), unit: 'second' }
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? { count: minutes, unit: 'minute' } : { count: Math.round(minutes / 60), unit: 'hour' }
}

export const jobs = new Jobs()
