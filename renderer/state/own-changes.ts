/**
 * The ids of this window's changes to albums, in the order in which they were made or undone: Undo takes back what was done
 * here, whatever other windows and programs do to the same library.
 */
export class OwnChanges {
  #done: number[] = []
  #undone: number[] = []

  get nextToUndo(): number | undefined {
    return this.#done.at(-1)
  }

  get nextToRedo(): number | undefined {
    return this.#undone.at(-1)
  }

  /** A new change: what was undone before can no longer be redone. */
  made(change: number): void {
    this.#done.push(change)
    this.#undone = []
  }

  undid(change: number): void {
    this.forget(change)
    this.#undone.push(change)
  }

  redid(change: number): void {
    this.forget(change)
    this.#done.push(change)
  }

  /** It can be neither undone nor redone from here. */
  forget(change: number): void {
    this.#done = this.#done.filter(id => id !== change)
    this.#undone = this.#undone.filter(id => id !== change)
  }
}
