import { asKindredError } from '../../electron/shared/errors.ts'
import { errorWords } from '../locales/error-words.ts'
import { t } from '../locales/i18n.ts'

export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'error'
  readonly text: string
  readonly detail?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

const INFO_MILLIS = 5000
/** A message with a button takes longer to answer. */
const ACTION_MILLIS = 10_000
/** Errors also say what to do, so they take longer to read. */
const ERROR_MILLIS = 12_000
const MAX_SHOWN = 3

/** Short messages at the foot of the window, about things that were just done. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #nextId = 1
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  show(toast: Omit<Toast, 'id'>): void {
    const id = this.#nextId++
    this.list = [...this.list.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(-MAX_SHOWN)
    this.release(id)
  }

  /** Keeps a message that somebody points at, or is about to answer. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  /** Lets a message go by itself, after the time that it takes to read. */
  release(id: number): void {
    const toast = this.list.find(shown => shown.id === id)
    if (!toast) return
    clearTimeout(this.#timers.get(id))
    const millis = toast.kind === 'error' ? ERROR_MILLIS : toast.action ? ACTION_MILLIS : INFO_MILLIS
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), millis),
    )
  }

  info(text: string, action?: Toast['action']): void {
    this.show({ kind: 'info', text, ...(action ? { action } : {}) })
  }

  /** Shows what failed and what to do about it, and nothing for what was cancelled on purpose. */
  error(error: unknown): void {
    const known = asKindredError(error)
    const { code } = known
    if (code !== 'cancelled') this.show({ kind: 'error', text: errorWords(known), detail: t(`next.${code}`) })
  }

  dismiss(id: number): void {
    this.#timers.delete(id)
    this.list = this.list.filter(toast => toast.id !== id)
  }
}

export const toasts = new Toasts()
