import { asKindredError } from '../../../shared/errors.ts'
import { inBackground } from '../../runtime/background.ts'
import type { Logger } from '../../runtime/log.ts'
import { isDue } from './backups.ts'
import type { Catalog } from './catalog.ts'
import type { CatalogReader } from './catalog-reader.ts'

const MINUTE = 60_000
/** How old the last backup is before another one is made: while the library is open, and when it is closed. */
const WHILE_OPEN = 60 * MINUTE
const ON_CLOSING = 10 * MINUTE

/** The setting that tells which state of the catalog was backed up last. */
const BACKED_UP = 'backedUp'

export interface BackupTools {
  readonly catalog: Catalog
  readonly reader: CatalogReader
  readonly folder: string
  readonly log: Logger
  readonly now: () => number
}

/** Makes backups of a catalog that has changed: when nothing changes any more for a minute, and on closing. */
export class BackupKeeper {
  readonly #tools: BackupTools
  #timer: NodeJS.Timeout | undefined
  #seen = ''

  constructor(tools: BackupTools) {
    this.#tools = tools
  }

  /** Looks every minute. */
  watch(): void {
    this.#timer ??= setInterval(() => {
      inBackground(this.#tools.log, 'Backing the catalog up', () => this.#look())
    }, MINUTE).unref()
  }

  /** Makes the last backup of this run. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#backUpIfChanged(ON_CLOSING)
  }

  async #look(): Promise<void> {
    const state = this.#state()
    if (state === this.#seen) await this.#backUpIfChanged(WHILE_OPEN)
    this.#seen = state
  }

  /** A backup that fails harms nothing: it is made another time. */
  async #backUpIfChanged(age: number): Promise<void> {
    const { catalog, reader, folder, log, now } = this.#tools
    try {
      const state = this.#state()
      if (catalog.settings.text(BACKED_UP) === state) return
      if (!isDue(folder, now(), age)) return
      await reader.backUp(folder, now())
      catalog.settings.set(BACKED_UP, state)
    } catch (error) {
      log('warn', 'The catalog could not be backed up', { reason: asKindredError(error).message })
    }
  }

  /** Differs after changes of photos, labels or models. */
  #state(): string {
    const { settings, albums, models } = this.#tools.catalog
    return [settings.generation(), albums.revision, models.lastHead()].join('.')
  }
}
