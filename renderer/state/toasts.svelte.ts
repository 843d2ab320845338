import { asKindredError } from '../../electron/shared/errors.ts'

export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'error'
  readonly text: string
  readonly detail?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

const INFO_MILLIS = 5000
/** An error takes longer to read, and what to do about it longer still. */
const ERROR_MILLIS = 12_000
const MOST = 3

/** Short messages at the foot of the window, about things that were just done. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #nextId = 1

  show(toast: Omit<Toast, 'id'>): void {
    const id = this.#nextId++
    this.list = [...this.list.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(-MOST)
    setTimeout(() => this.dismiss(id), toast.kind === 'error' ? ERROR_MILLIS : INFO_MILLIS)
  }

  info(text: string, action?: Toast['action']): void {
    this.show({ kind: 'info', text, ...(action ? { action } : {}) })
  }

  /** Says what failed and what to do about it; what was stopped on purpose needs no word. */
  error(error: unknown): void {
    const { code, message, nextStep } = asKindredError(error)
    if (code !== 'cancelled') this.show({ kind: 'error', text: message, detail: nextStep })
  }

  dismiss(id: number): void {
    this.list = this.list.filter(toast => toast.id !== id)
  }
}

export const toasts = new Toasts()
