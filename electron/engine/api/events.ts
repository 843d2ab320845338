import { eventNames, jobKinds, type EventName, type Events, type Job } from '../../shared/contract.ts'
import { asKindredError } from '../../shared/errors.ts'
import type { ImportResult } from '../../shared/results.ts'
import type { Engine } from '../engine.ts'
import { listAlbums } from '../learning/labels/album-list.ts'
import type { LiveJob } from '../runtime/jobs/job-runner.ts'

/** Snapshots are told this often at most, in milliseconds. */
const EVERY_MS: Readonly<Record<EventName, number>> = {
  jobs: 100,
  library: 1000,
  albums: 100,
  models: 500,
  runtimes: 100,
}

type Listener = <E extends EventName>(event: E, snapshot: Events[E]) => void

/** Tells the listeners of what has changed: whole snapshots, not too often, and always the last one. */
export class EngineEvents {
  readonly #engine: Engine
  readonly #listeners = new Set<Listener>()
  readonly #timers = new Map<EventName, NodeJS.Timeout>()
  readonly #toldAt = new Map<EventName, number>()
  readonly #last = new Map<EventName, string>()
  readonly #stop: () => void

  constructor(engine: Engine) {
    this.#engine = engine
    const changed = (): void => this.changed()
    const stopped = [
      engine.jobs.onChange(changed),
      engine.albums.commands.onChange(changed),
      engine.onRuntimesChange(changed),
    ]
    this.#stop = () => stopped.forEach(stop => stop())
  }

  snapshot<E extends EventName>(event: E): Events[E] {
    const snapshots: { [Name in EventName]: () => Events[Name] } = {
      jobs: () => ({ jobs: this.#engine.jobs.list().flatMap(toJob) }),
      library: () => libraryStatus(this.#engine),
      albums: () => albumsStatus(this.#engine.albums),
      models: () => ({ versions: this.#engine.models.list(), training: this.#engine.learning.status() }),
      runtimes: () => this.#engine.runtimeStatus(),
    }
    return snapshots[event]()
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something may have changed: the snapshots that differ are told. */
  changed(): void {
    for (const event of eventNames) this.#schedule(event)
  }

  close(): void {
    this.#stop()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#listeners.clear()
  }

  #schedule(event: EventName): void {
    if (this.#timers.has(event) || this.#listeners.size === 0) return
    const wait = Math.max(0, (this.#toldAt.get(event) ?? 0) + EVERY_MS[event] - Date.now())
    this.#timers.set(event, setTimeout(() => this.#tell(event), wait).unref())
  }

  #tell(event: EventName): void {
    this.#timers.delete(event)
    this.#toldAt.set(event, Date.now())
    const snapshot = this.snapshot(event)
    const text = JSON.stringify(snapshot)
    if (this.#last.get(event) === text) return
    this.#last.set(event, text)
    for (const listener of this.#listeners) listener(event, snapshot)
  }
}

export function libraryStatus({ catalog }: Engine): Events['library'] {
  return {
    photos: catalog.photos.countPresent(),
    failed: catalog.files.countFailed(),
    generation: catalog.settings.generation(),
    folders: catalog.roots().length,
  }
}

function albumsStatus({ queries, commands }: Engine['albums']): Events['albums'] {
  return { albums: listAlbums(queries), ...commands.pending, revision: queries.revision }
}

function toJob({ id, kind, state, progress, error, result }: LiveJob): Job[] {
  if (!jobKinds.some(known => known === kind)) return []
  const failure = error && asKindredError(error)
  return [
    {
      id,
      kind: kind as Job['kind'],
      state,
      progress,
      ...(failure
        ? { error: { code: failure.code, message: failure.message, nextStep: failure.nextStep } }
        : {}),
      ...(kind === 'import' && result ? { result: importWords(result as ImportResult) } : {}),
    },
  ]
}

function importWords(result: ImportResult): NonNullable<Job['result']> {
  const { photos, added, updated, moved, removed, seconds, failed } = result
  return { photos, added, updated, moved, removed, seconds, failed: failed.length }
}
