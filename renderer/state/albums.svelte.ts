import type { Album, Changed, Job } from '../../electron/shared/contract.ts'
import { asKindredError } from '../../electron/shared/errors.ts'
import { changeWords } from '../locales/change-words.ts'
import { compareNames, formatNumber, t } from '../locales/i18n.ts'
import { attempt } from './attempt.ts'
import type { Connection } from './connection.svelte.ts'
import { OwnChanges } from './own-changes.ts'
import { toasts } from './toasts.svelte.ts'

/** The albums, and what can be done with them. Failures are shown as messages. */
export class Albums {
  list = $state.raw<readonly Album[]>([])
  /** Increases with every change of what is in albums. */
  revision = $state(0)
  readonly byId = $derived(new Map(this.list.map(album => [album.id, album])))
  #connection: Connection | undefined
  readonly #own = new OwnChanges()
  #jobs: readonly Job[] = []
  /** Jobs of this window that make albums. */
  readonly #making = new Set<number>()
  /** Undo and redo wait for the changes that were asked for before them. */
  #underway: Promise<unknown> = Promise.resolve()

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('albums', ({ albums, revision }) => {
      this.list = albums
      this.revision = revision
    })
    connection.on('jobs', ({ jobs }) => {
      this.#jobs = jobs
      this.#takeMade()
    })
  }

  /** The change of this window that undo takes back next. */
  get nextToUndo(): number | undefined {
    return this.#own.nextToUndo
  }

  nameOf(id: number): string {
    return this.byId.get(id)?.name ?? ''
  }

  async create(name: string, photos: readonly number[] = []): Promise<number | undefined> {
    const made = await this.#change(connection =>
      connection.call('albums.create', { name, photos: [...photos] }),
    )
    if (made) this.#announce(made, t('albums.created', { name, count: photos.length }))
    return made?.id
  }

  /** Makes an album of each folder inside a folder, in the background. */
  async makeOf(path: string): Promise<void> {
    await this.#try(async connection => {
      const { job } = await connection.call('albums.importFolder', { path })
      this.#making.add(job)
      toasts.info(t('albums.making'))
      // A short job may have ended before its number arrived.
      this.#takeMade()
    })
  }

  /** Returns the change that it was, if any. */
  async add(id: number, photos: readonly number[]): Promise<number | undefined> {
    const done = await this.#change(connection => connection.call('albums.add', { id, photos: [...photos] }))
    if (done) this.#announce(done, t('albums.added', { count: done.added, name: this.nameOf(id) }))
    return done?.change ?? undefined
  }

  async remove(id: number, photos: readonly number[]): Promise<void> {
    const done = await this.#change(connection =>
      connection.call('albums.remove', { id, photos: [...photos] }),
    )
    if (done) this.#announce(done, t('albums.removed', { count: done.removed, name: this.nameOf(id) }))
  }

  async refuse(id: number, photos: readonly number[]): Promise<void> {
    await this.#change(connection => connection.call('albums.refuse', { id, photos: [...photos] }))
  }

  /** Returns the change that it was, if any. */
  async noneOf(among: readonly number[], photo: number): Promise<number | undefined> {
    const done = await this.#change(connection =>
      connection.call('albums.noneOf', { albums: [...among], photo }),
    )
    return done?.change ?? undefined
  }

  async rename(id: number, name: string): Promise<void> {
    await this.#change(connection => connection.call('albums.rename', { id, name }))
  }

  async delete(id: number): Promise<void> {
    const name = this.nameOf(id)
    const done = await this.#change(connection => connection.call('albums.delete', { id }))
    if (done) this.#announce(done, t('albums.deleted', { name }))
  }

  async setTeaches(id: number, teaches: boolean): Promise<void> {
    await this.#change(connection => connection.call('albums.setTeaches', { id, teaches }))
  }

  /** Moves an album one place up or down in the sidebar. */
  async move(id: number, by: -1 | 1): Promise<void> {
    const at = this.list.findIndex(album => album.id === id) + by
    const other = this.list[at]
    if (other) await this.moveTo(id, other.id)
  }

  /** Moves an album to the place of another, which moves towards where the first was. */
  async moveTo(id: number, other: number): Promise<void> {
    const ids = this.list.map(album => album.id)
    const [from, to] = [ids.indexOf(id), ids.indexOf(other)]
    if (from < 0 || to < 0 || from === to) return
    ids.splice(to, 0, ...ids.splice(from, 1))
    await this.#reorder(ids)
  }

  /** Puts the albums into the order of their names. */
  async sort(): Promise<void> {
    const sorted = this.list.toSorted((a, b) => compareNames(a.name, b.name))
    await this.#reorder(sorted.map(({ id }) => id))
  }

  /** Records for the next training that a photo is not similar to the anchors. */
  async notLike(anchors: readonly number[], photo: number): Promise<void> {
    if (anchors.length === 0) return
    await this.#change(connection => connection.call('albums.notLike', { anchors: [...anchors], photo }))
  }

  /** Undoes a change of this window, the latest by default. */
  undo(change?: number): Promise<void> {
    return this.#afterwards(async connection => {
      const undone = change ?? this.#own.nextToUndo
      if (undone === undefined) {
        toasts.info(t('albums.nothingToUndo'))
        return
      }
      const done = await this.#turn(undone, connection.call('albums.undo', { change: undone }))
      this.#own.undid(undone)
      toasts.info(t('albums.undone', { label: changeWords(done.undone!) }))
    })
  }

  /** Redoes what was undone last in this window. */
  redo(): Promise<void> {
    return this.#afterwards(async connection => {
      const redone = this.#own.nextToRedo
      if (redone === undefined) {
        toasts.info(t('albums.nothingToRedo'))
        return
      }
      const done = await this.#turn(redone, connection.call('albums.redo', { change: redone }))
      this.#own.redid(redone)
      toasts.info(t('albums.redone', { label: changeWords(done.redone!) }))
    })
  }

  #takeMade(): void {
    for (const { id, made } of this.#jobs)
      if (made && this.#making.delete(id)) {
        if (made.change !== null) this.#own.made(made.change)
        this.#announce(made, t('albums.made', { count: made.albums, photos: formatNumber(made.photos) }))
      }
  }

  async #reorder(ids: number[]): Promise<void> {
    await this.#change(connection => connection.call('albums.reorder', { ids }))
  }

  /** Shows what was done, with a button that undoes just that. */
  #announce({ change }: Changed, text: string): void {
    const action = { label: t('albums.undo'), run: () => void this.undo(change!) }
    toasts.info(text, change === null ? undefined : action)
  }

  #change<T extends Changed>(call: (connection: Connection) => Promise<T>): Promise<T | undefined> {
    const done = this.#try(async connection => {
      const result = await call(connection)
      if (result.change !== null) this.#own.made(result.change)
      return result
    })
    this.#underway = Promise.all([this.#underway, done])
    return done
  }

  #afterwards(work: (connection: Connection) => Promise<void>): Promise<void> {
    const done = this.#underway.then(() => this.#try(work))
    this.#underway = done
    return done
  }

  /** A change that is gone is not offered a second time. */
  async #turn<T>(change: number, call: Promise<T>): Promise<T> {
    try {
      return await call
    } catch (error) {
      if (asKindredError(error).code === 'change-gone') this.#own.forget(change)
      throw error
    }
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
