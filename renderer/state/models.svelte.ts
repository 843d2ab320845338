import type { Events } from '../../electron/shared/contract.ts'
import { KindredError } from '../../electron/shared/errors.ts'
import type { ModelSummary } from '../../electron/shared/results.ts'
import { HEAD_BYTES } from '../../electron/shared/transfer-limits.ts'
import { formatNumber, t } from '../locales/i18n.ts'
import { attempt } from './attempt.ts'
import type { Connection } from './connection.svelte.ts'
import { navigation } from './navigation.svelte.ts'
import { toasts } from './toasts.svelte.ts'
import type { TrainingReport } from '../../electron/shared/training-report.ts'

/** The versions of the model, and the state of training. */
export class Models {
  status = $state.raw<Events['models'] | undefined>(undefined)
  readonly versions = $derived(this.status?.versions ?? [])
  readonly training = $derived(this.status?.training)
  readonly active = $derived(this.versions.find(version => version.active))
  /** The newest that was trained, accepted or not. */
  readonly newest = $derived(this.versions.find(version => version.origin === 'trained'))
  #connection: Connection | undefined
  #newestKnown: number | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('models', status => {
      this.status = status
      this.#announceNewest()
    })
  }

  async report(id: number, signal?: AbortSignal): Promise<TrainingReport | undefined> {
    return this.#connection?.call('models.report', { id }, signal)
  }

  train(): Promise<void> {
    return this.#try(connection => connection.call('models.train', {}))
  }

  use(id: number): Promise<void> {
    return this.#try(connection => connection.call('models.use', { id }))
  }

  setAutomatic(automatic: boolean): Promise<void> {
    return this.#try(connection => connection.call('models.setAutomatic', { automatic }))
  }

  /** Downloads the head as a file. */
  export(id: number): Promise<void> {
    return this.#try(async connection => {
      const { name, base64 } = await connection.call('models.export', { id })
      const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
      const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
      const link = Object.assign(document.createElement('a'), { href: url, download: name })
      link.click()
      URL.revokeObjectURL(url)
    })
  }

  import(file: File): Promise<void> {
    return this.#try(async connection => {
      if (file.size > HEAD_BYTES)
        throw new KindredError('not-a-model', 'This file is too large to be a head.', {
          details: { reason: 'not-a-model.too-large', name: file.name, bytes: HEAD_BYTES },
        })
      const bytes = new Uint8Array(await file.arrayBuffer())
      const base64 = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
      await connection.call('models.import', { name: file.name, base64 })
      toasts.info(t('model.imported', { name: file.name }))
    })
  }

  /** Shows the result of a training that has ended, unless the page that shows it anyway is open. */
  #announceNewest(): void {
    const { newest } = this
    const known = this.#newestKnown
    this.#newestKnown = newest?.id ?? 0
    if (!newest || known === undefined || newest.id === known || navigation.route.view === 'model') return
    toasts.info(newest.accepted ? learnedText(newest) : t('model.refusedToast'))
  }

  async #try(work: (connection: Connection) => Promise<unknown>): Promise<void> {
    await attempt(this.#connection && work(this.#connection))
  }
}

/** Returns in one line whether the model has learned from the albums. */
export function stateText({ active, newest }: Pick<Models, 'active' | 'newest'>, learning: boolean): string {
  if (active?.origin === 'trained') return learnedText(active)
  if (learning) return t('model.learningFirst')
  if (!newest) return t('model.notLearned')
  return newest.accepted ? t('model.notUsed', { name: newest.name }) : t('model.noBetter')
}

/**
 * Returns `Trained on 14 albums, 612 photos. Finds the right kind first in 81 of 100 cases, before 66.`; where that has
 * moved less than how all of a kind are ranked (MAP@R), it speaks of that.
 */
export function learnedText({ albums, photos, before, after }: ModelSummary): string {
  const gain = (figure: 'recallAt1' | 'mapAtR'): number => (after?.[figure] ?? 0) - (before?.[figure] ?? 0)
  const figure = gain('mapAtR') > gain('recallAt1') ? 'mapAtR' : 'recallAt1'
  return t(figure === 'mapAtR' ? 'model.learnedRanked' : 'model.learned', {
    albums: formatNumber(albums ?? 0),
    photos: formatNumber(photos ?? 0),
    after: Math.round(100 * (after?.[figure] ?? 0)),
    before: Math.round(100 * (before?.[figure] ?? 0)),
  })
}

export const models = new Models()
