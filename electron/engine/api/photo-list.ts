import type { PhotoList } from '../../shared/contract.ts'
import type { Engine } from '../engine.ts'

/** All photos as the grid shows them, read once for each generation of the catalog. */
export class PhotoLists {
  readonly #engine: Engine
  #generation = -1
  #list: Promise<PhotoList> | undefined

  constructor(engine: Engine) {
    this.#engine = engine
  }

  read(): Promise<PhotoList> {
    const { catalog, reader } = this.#engine
    const generation = catalog.settings.generation()
    if (this.#list && this.#generation === generation) return this.#list
    const list = reader.grid()
    this.#generation = generation
    this.#list = list
    list.catch(() => {
      if (this.#list === list) this.#list = undefined
    })
    return list
  }
}
