import { library } from '../../state/library.svelte.ts'
import { viewer } from '../../state/viewer.svelte.ts'
import { previewSize } from './preview.ts'
import type { Zoom } from './zoom.svelte.ts'

/** The photos on both sides, loaded and decoded ahead, so that the arrow keys show them at once. */
export class Neighbours {
  /** By address. Kept, or the browser would forget what it has decoded. */
  #images: ReadonlyMap<string, HTMLImageElement> = new Map()

  load({ area, ratio }: Pick<Zoom, 'area' | 'ratio'>): void {
    const around = [viewer.neighbour(1), viewer.neighbour(-1)].filter(id => id !== undefined)
    const addresses = around.map(id => library.imageUrlOf(id, previewSize(library.aspectOf(id), area, ratio)))
    this.#images = new Map(addresses.map(src => [src, this.#images.get(src) ?? decoded(src)]))
  }

  forget(): void {
    this.#images = new Map()
  }
}

function decoded(src: string): HTMLImageElement {
  const image = new Image()
  image.src = src
  // A picture that cannot be had is missed when it is to be shown.
  void image.decode().catch(() => undefined)
  return image
}
