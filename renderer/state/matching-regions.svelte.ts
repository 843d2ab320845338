import type { Example, MatchingRegions } from '../../electron/shared/contract.ts'
import { asKindredError, type KindredError } from '../../electron/shared/errors.ts'
import { connection } from './connection.svelte.ts'

/** Milliseconds that a result is looked at before its regions are asked for, though nobody wants to see them yet. */
const REST = 300

/**
 * Which regions of a query and a result match. They are asked for ahead, as soon as somebody rests on a result whose details are
 * open: the first time, a thread and a network have to start.
 */
export class MatchingRegionsState {
  found: MatchingRegions | undefined = $state.raw()
  error: KindredError | undefined = $state.raw()
  #asked: { readonly examples: readonly Example[]; readonly photo: number } | undefined
  #controller: AbortController | undefined
  #rest: ReturnType<typeof setTimeout> | undefined

  /** @param wanted whether somebody waits for them */
  look(examples: readonly Example[], photo: number, wanted: boolean): void {
    if (this.#asked?.examples !== examples || this.#asked.photo !== photo) {
      this.leave()
      this.#asked = { examples, photo }
      this.#rest = setTimeout(() => this.#ask(), REST)
    }
    if (wanted && !this.#controller) this.#ask()
  }

  /** Nothing is looked at any more. */
  leave(): void {
    clearTimeout(this.#rest)
    this.#controller?.abort()
    this.#asked = this.#controller = this.found = this.error = undefined
  }

  #ask(): void {
    clearTimeout(this.#rest)
    const { examples, photo } = this.#asked!
    const { signal } = (this.#controller = new AbortController())
    connection.call('similar.why', { examples: [...examples], photo }, signal).then(
      match => {
        if (!signal.aborted) this.found = match
      },
      (failure: unknown) => {
        if (!signal.aborted) this.error = asKindredError(failure)
      },
    )
  }
}
