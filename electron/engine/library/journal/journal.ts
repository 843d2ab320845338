/** @file The journal, the main part of this folder: a text file beside the catalog from which labels can be restored. */
import { existsSync } from 'node:fs'
import type { Catalog } from '../catalog/catalog.ts'
import type { SaidEntry } from '../catalog/said.ts'
import type { Logger } from '../../runtime/log.ts'
import { countDifferences } from './differences.ts'
import { JournalWriter, lastSequence, readLines, writeSummary } from './journal-file.ts'
import { addChanges, restoreLabels } from './replay.ts'
import { stateAfter } from './said-state.ts'

/** Bytes of changes after which the journal is summed up, when the library is closed. */
const LONG = 2 ** 20

/**
 * Holds every change to what people say, on the disk before the change is acknowledged. The catalog remains the truth; the
 * journal restores labels into whatever is left of it.
 */
export class Journal {
  readonly file: string
  readonly #catalog: Catalog
  readonly #log: Logger
  readonly #now: () => number
  #writer: JournalWriter | undefined
  #bytesAtStart = 0

  private constructor(file: string, catalog: Catalog, log: Logger, now: () => number) {
    this.file = file
    this.#catalog = catalog
    this.#log = log
    this.#now = now
  }

  /**
   * Opens the journal of a catalog that is whole, bringing both to the same state: changes that only one of them has are
   * added to the other. A journal that is gone is made anew.
   */
  static open(file: string, catalog: Catalog, log: Logger, now: () => number): Journal {
    const journal = new Journal(file, catalog, log, now)
    try {
      journal.#settle()
    } catch (error) {
      // Labels are safe in the catalog; the next start tries again.
      log('warn', 'The journal of labels cannot be used', { reason: String(error) })
    }
    return journal
  }

  /** How many labels differ from the catalog's (differences.ts). */
  differences(): number {
    return countDifferences(this.file, () => this.#catalog.said())
  }

  /** Makes the labels of the catalog those of the journal. */
  restore(): void {
    restoreLabels(this.#catalog, stateAfter(readLines(this.file)))
  }

  /** Sums the journal up where that makes it much shorter. */
  close(): void {
    try {
      if (this.#writer && this.#writer.bytes > 2 * this.#bytesAtStart + LONG) this.#sumUp()
    } catch (error) {
      this.#log('warn', 'The journal of labels could not be summed up', { reason: String(error) })
    }
    this.#writer?.close()
    this.#writer = undefined
  }

  #settle(): void {
    const { outbox } = this.#catalog
    const last = lastSequence(this.file)
    if (last !== undefined && last > outbox.last) this.#addMissing()
    const isComplete = last !== undefined && (last >= outbox.last || outbox.after(last)[0]?.seq === last + 1)
    // A library without labels needs no journal; this keeps opening it quick.
    if (!isComplete && (last !== undefined || outbox.last > 0 || this.#hasLabels())) this.#sumUp()
    outbox.deliverTo(isComplete ? last : outbox.last, entries => this.#append(entries))
  }

  /** Changes that the catalog lacks: it was replaced by an older copy, or the disk lost what it had acknowledged. */
  #addMissing(): void {
    const { outbox } = this.#catalog
    const lines = readLines(this.file)
    const isSummedUp = lines.some(({ seq, part }) => part && seq > outbox.last)
    const replayed = isSummedUp
      ? restoreLabels(this.#catalog, stateAfter(lines))
      : addChanges(this.#catalog, stateAfter(lines.filter(({ seq }) => seq > outbox.last)))
    this.#log('warn', 'Changes that the catalog lacked were taken from the journal', { ...replayed })
  }

  /** Returns whether they are on the disk. */
  #append(entries: readonly SaidEntry[]): boolean {
    try {
      // The summary holds them: they are committed.
      if (existsSync(this.file)) this.#open().append(entries)
      else this.#sumUp()
      return true
    } catch (error) {
      // The catalog has acknowledged them and keeps them in its outbox.
      this.#log('warn', 'The journal of labels could not be written', { reason: String(error) })
      return false
    }
  }

  #open(): JournalWriter {
    if (!this.#writer) {
      this.#writer = new JournalWriter(this.file)
      this.#bytesAtStart = this.#writer.bytes
    }
    return this.#writer
  }

  #sumUp(): void {
    this.#writer?.close()
    this.#writer = undefined
    writeSummary(this.file, this.#catalog.said(), this.#catalog.outbox.last, this.#now())
    this.#open()
  }

  #hasLabels(): boolean {
    return this.#catalog.albums.ids().length > 0 || this.#catalog.albums.labels().notLike.length > 0
  }
}
