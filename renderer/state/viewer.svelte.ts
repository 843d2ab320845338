import { indexOfId } from './grid-items.ts'

/** The large view: the photo that it shows, if it is open, and the list that it moves through. */
export class Viewer {
  photo = $state<number | undefined>(undefined)
  #list: ArrayLike<number> = []

  /** @param list the photos that the arrow keys lead to, in their order */
  open(id: number, list: ArrayLike<number> = [id]): void {
    this.#list = list
    this.photo = id
  }

  close(): void {
    this.photo = undefined
  }

  /** Returns the photo this many places further in the list, or undefined at its end. */
  neighbour(by: number): number | undefined {
    const at = indexOfId(this.#list, this.photo)
    return at < 0 ? undefined : this.#list[at + by]
  }

  step(by: number): void {
    this.photo = this.neighbour(by) ?? this.photo
  }
}

export const viewer = new Viewer()
