import type { Album } from '../../electron/shared/contract.ts'
import { t } from '../locales/i18n.ts'
import { attempt } from './attempt.ts'
import type { Connection } from './connection.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** The albums, and what can be done with them. Failures are shown as messages. */
export class Albums {
  list = $state.raw<readonly Album[]>([])
  /** What undo and redo would do, in words. */
  undoLabel = $state<string | null>(null)
  redoLabel = $state<string | null>(null)
  /** Increases with every change of what is in albums. */
  revision = $state(0)
  readonly byId = $derived(new Map(this.list.map(album => [album.id, album])))
  #connection: Connection | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('albums', ({ albums, undo, redo, revision }) => {
      this.list = albums
      this.undoLabel = undo
      this.redoLabel = redo
      this.revision = revision
    })
  }

  nameOf(id: number): string {
    return this.byId.get(id)?.name ?? ''
  }

  async create(name: string, photos: readonly number[] = []): Promise<number | undefined> {
    return this.#try(async connection => {
      const { id } = await connection.call('albums.create', { name, photos: [...photos] })
      this.#announce(t('albums.created', { name, count: photos.length }))
      return id
    })
  }

  async add(id: number, photos: readonly number[]): Promise<void> {
    await this.#try(async connection => {
      const { added } = await connection.call('albums.add', { id, photos: [...photos] })
      this.#announce(t('albums.added', { count: added, name: this.nameOf(id) }))
    })
  }

  async remove(id: number, photos: readonly number[]): Promise<void> {
    await this.#try(async connection => {
      const { removed } = await connection.call('albums.remove', { id, photos: [...photos] })
      this.#announce(t('albums.removed', { count: removed, name: this.nameOf(id) }))
    })
  }

  async refuse(id: number, photos: readonly number[]): Promise<void> {
    await this.#try(connection => connection.call('albums.refuse', { id, photos: [...photos] }))
  }

  async noneOf(among: readonly number[], photo: number): Promise<void> {
    await this.#try(connection => connection.call('albums.noneOf', { albums: [...among], photo }))
  }

  async rename(id: number, name: string): Promise<void> {
    await this.#try(connection => connection.call('albums.rename', { id, name }))
  }

  async delete(id: number): Promise<void> {
    const name = this.nameOf(id)
    await this.#try(async connection => {
      await connection.call('albums.delete', { id })
      this.#announce(t('albums.deleted', { name }))
    })
  }

  async setTeaches(id: number, teaches: boolean): Promise<void> {
    await this.#try(connection => connection.call('albums.setTeaches', { id, teaches }))
  }

  /** Moves an album one place up or down in the sidebar. */
  async move(id: number, by: -1 | 1): Promise<void> {
    const ids = this.list.map(album => album.id)
    const from = ids.indexOf(id)
    const to = from + by
    if (from < 0 || to < 0 || to >= ids.length) return
    ids.splice(to, 0, ...ids.splice(from, 1))
    await this.#try(connection => connection.call('albums.reorder', { ids }))
  }

  /** Records for the next training that a photo is not similar to the anchors. */
  async notLike(anchors: readonly number[], photo: number): Promise<void> {
    if (anchors.length === 0) return
    await this.#try(connection => connection.call('albums.notLike', { anchors: [...anchors], photo }))
  }

  async undo(): Promise<void> {
    await this.#try(async connection => {
      const { label } = await connection.call('albums.undo', {})
      toasts.info(label === null ? t('albums.nothingToUndo') : t('albums.undone', { label }))
    })
  }

  async redo(): Promise<void> {
    await this.#try(async connection => {
      const { label } = await connection.call('albums.redo', {})
      toasts.info(label === null ? t('albums.nothingToRedo') : t('albums.redone', { label }))
    })
  }

  /** Shows what was done, with a button to undo it. */
  #announce(text: string): void {
    toasts.info(text, { label: t('albums.undo'), run: () => void this.undo() })
  }

  #try<T>(work: (connection: Connection) => Promise<T>): Promise<T | undefined> {
    return attempt(this.#connection && work(this.#connection))
  }
}

/** Returns the albums whose names contain what is typed; those that begin with it come first. */
export function matching<A extends Pick<Album, 'name'>>(list: readonly A[], typed: string): A[] {
  const wanted = typed.toLocaleLowerCase()
  const at = ({ name }: A): number => name.toLocaleLowerCase().indexOf(wanted)
  const found = list.filter(album => at(album) >= 0)
  return [...found.filter(album => at(album) === 0), ...found.filter(album => at(album) > 0)]
}

export const albums = new Albums()
