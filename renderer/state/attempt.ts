import { toasts } from './toasts.svelte.ts'

/** Returns what a call returns, or undefined after a message about what went wrong: no action fails silently. */
export async function attempt<T>(call: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    toasts.error(error)
    return undefined
  }
}
