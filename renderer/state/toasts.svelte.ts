import { asKindredError } from '../../electron/shared/errors.ts'
import { t } from '../locales/i18n.ts'

export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'error'
  readonly text: string
  readonly detail?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

const INFO_MILLIS = 5000
/** Errors also say what to do, so they take longer to read. */
const ERROR_MILLIS = 12_000
const MAX_SHOWN = 3

/** Short messages at the foot of the window, about things that were just done. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #nextId = 1

  show(toast: Omit<Toast, 'id'>): void {
    const id = this.#nextId++
    this.list = [...this.list.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(-MAX_SHOWN)
    setTimeout(() => this.dismiss(id), toast.kind === 'error' ? ERROR_MILLIS : INFO_MILLIS)
  }

  info(text: string, action?: Toast['action']): void {
    this.show({ kind: 'info', text, ...(action ? { action } : {}) })
  }

  /** Shows what failed and what to do about it, and nothing for what was cancelled on purpose. */
  error(error: unknown): void {
    const { code, message } = asKindredError(error)
    if (code !== 'cancelled') this.show({ kind: 'error', text: message, detail: t(`next.${code}`) })
  }

  dismiss(id: number): void {
    this.list = this.list.filter(toast => toast.id !== id)
  }
}

export const toasts = new Toasts()
