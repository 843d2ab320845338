import { eventNames, jobKinds, type EventName, type Events, type Job } from '../../shared/contract.ts'
import { asKindredError, toPlainError } from '../../shared/errors.ts'
import type { AlbumsMade, ImportResult } from '../../shared/results.ts'
import { listAlbums } from '../learning/labels/album-list.ts'
import { displayPath } from '../library/paths.ts'
import { inBackground } from '../runtime/background.ts'
import type { LiveJob } from '../runtime/jobs/job-runner.ts'
import type { Logger } from '../runtime/log.ts'
import type { Services } from './services.ts'

/** A snapshot is sent at most once in so many milliseconds. */
const EVERY_MS: Readonly<Record<EventName, number>> = {
  jobs: 100,
  library: 1000,
  albums: 100,
  models: 500,
  runtimes: 100,
}

type Listener = <E extends EventName>(event: E, snapshot: Events[E]) => void

/** Sends snapshots of what has changed to the listeners: whole ones, not too often, and always the last one. */
export class EngineEvents {
  readonly #services: Services
  readonly #log: Logger
  readonly #listeners = new Set<Listener>()
  readonly #timers = new Map<EventName, NodeJS.Timeout>()
  readonly #sentAt = new Map<EventName, number>()
  readonly #last = new Map<EventName, string>()
  readonly #stop: () => void

  constructor(services: Services, log: Logger) {
    this.#services = services
    this.#log = log
    const changed = (): void => this.changed()
    const stopped = [
      services.jobs.onChange(changed),
      services.albums.commands.onChange(changed),
      services.diagnostics.onRuntimesChange(changed),
      services.autoTrainer.onChange(changed),
      services.watch.onChange(changed),
    ]
    this.#stop = () => stopped.forEach(stop => stop())
  }

  snapshot<E extends EventName>(event: E): Events[E] {
    const snapshots: { [Name in EventName]: () => Events[Name] } = {
      jobs: () => ({ jobs: this.#services.jobs.list().flatMap(toJob) }),
      library: () => ({
        ...this.#services.overview.status(),
        away: this.#services.watch.away.map(displayPath),
      }),
      albums: () => albumsStatus(this.#services.albums),
      models: () => ({
        versions: this.#services.models.list(),
        training: this.#services.autoTrainer.status(),
      }),
      runtimes: () => this.#services.diagnostics.runtimeStatus(),
    }
    return snapshots[event]()
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something may have changed: snapshots that differ from the last ones are sent. */
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
    const wait = Math.max(0, (this.#sentAt.get(event) ?? 0) + EVERY_MS[event] - Date.now())
    const send = (): void => inBackground(this.#log, `Snapshot of ${event}`, () => this.#send(event))
    this.#timers.set(event, setTimeout(send, wait).unref())
  }

  #send(event: EventName): void {
    this.#timers.delete(event)
    this.#sentAt.set(event, Date.now())
    const snapshot = this.snapshot(event)
    const text = JSON.stringify(snapshot)
    if (this.#last.get(event) === text) return
    this.#last.set(event, text)
    for (const listener of this.#listeners) listener(event, snapshot)
  }
}

function albumsStatus({ queries, commands }: Services['albums']): Events['albums'] {
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
      ...(failure ? { error: toPlainError(failure) } : {}),
      ...((kind === 'import' || kind === 'changes') && result
        ? { result: importWords(result as ImportResult) }
        : {}),
      ...(kind === 'albums' && result ? { made: madeAlbums(result as AlbumsMade) } : {}),
    },
  ]
}

const madeAlbums = ({ albums, photos, change }: AlbumsMade): NonNullable<Job['made']> => ({
  albums,
  photos,
  change,
})

function importWords(result: ImportResult): NonNullable<Job['result']> {
  const { photos, added, updated, moved, removed, seconds, failed, damaged } = result
  return { photos, added, updated, moved, removed, seconds, failed: failed.length, damaged: damaged.length }
}
