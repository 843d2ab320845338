import { SvelteSet } from 'svelte/reactivity'
import type { Facets } from '../../electron/shared/contract.ts'
import type { Connection } from './connection.svelte.ts'
import { folderNodes, isWithin, outermost, rowsOf, type FolderNode } from './folder-tree.ts'

/** During an import folders and their counts change all the time; they are read again no more often than this. */
const REFRESH_MILLIS = 3000
/** The thread that reads them has other work: they take a twentieth of its time at most. */
const REST_FOR_READING = 20

/** The folders of the library as a tree, read only while somebody looks at it. */
export class Folders {
  #list: Facets['folders'] = $state.raw([])
  readonly #nodes = $derived(folderNodes(this.#list))
  readonly #open = new SvelteSet<string>()
  /** The tree's lines that are not inside a closed folder. */
  readonly rows = $derived(rowsOf(this.#nodes, path => this.#open.has(path)))
  /** Folders and drives that are not there at present. */
  #away: readonly string[] = $state.raw([])
  #connection: Connection | undefined
  /** The library's generation, and the one that the list is of. */
  #generation = -1
  #readOf: number | undefined
  #watched = false
  #reading = false
  #nextRead = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('library', ({ generation, away }) => {
      this.#generation = generation
      this.#away = away
      this.#refreshSoon()
    })
  }

  /** Keeps the tree up to date until the function is called that is returned. */
  watch(): () => void {
    this.#watched = true
    this.#refreshSoon()
    return () => (this.#watched = false)
  }

  isOpen(node: FolderNode): boolean {
    return node.children.length > 0 && this.#open.has(node.path)
  }

  setOpen({ path }: FolderNode, open: boolean): void {
    if (open) this.#open.add(path)
    else this.#open.delete(path)
  }

  /** Opens all folders above this one. */
  reveal(path: string): void {
    for (let node = this.#nodes.get(path)?.above; node; node = node.above) this.#open.add(node.path)
  }

  /** Whether the folder's drive is not connected. */
  isAway(path: string): boolean {
    return isWithin(path, this.#away)
  }

  #refreshSoon(): void {
    if (!this.#watched || this.#reading || this.#timer !== undefined || this.#readOf === this.#generation)
      return
    const wait = Math.max(0, this.#nextRead - performance.now())
    this.#timer = setTimeout(() => void this.#read(), wait)
  }

  async #read(): Promise<void> {
    this.#timer = undefined
    this.#reading = true
    const generation = this.#generation
    const began = performance.now()
    // A failure is shown by no folder; the next change of the library reads them again.
    const facets = await this.#connection!.call('photos.facets', {}).catch(() => undefined)
    this.#reading = false
    const ended = performance.now()
    this.#nextRead = ended + Math.max(REFRESH_MILLIS, REST_FOR_READING * (ended - began))
    if (!facets) return
    this.#take(facets.folders)
    this.#readOf = generation
    this.#refreshSoon()
  }

  #take(list: Facets['folders']): void {
    const isFirst = this.#list.length === 0
    this.#list = list
    // A tree of one line would say nothing.
    const [only, another] = outermost(this.#nodes)
    if (isFirst && only && !another) this.#open.add(only.path)
  }
}

export const folders = new Folders()
