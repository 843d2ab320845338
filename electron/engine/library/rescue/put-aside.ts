import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renameFileSync } from '../../runtime/replace-file.ts'
import type { LibraryLayout } from '../layout.ts'

/** In the folder of a damaged catalog while its rescue has not ended. */
const UNFINISHED = 'unfinished'

/** The parts of a catalog. Its write-ahead log may hold the only copy of what was committed last. */
const parts = ['', '-wal', '-shm']

/** A damaged catalog that was put aside. It is never deleted. */
export class PutAside {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /**
   * Moves the catalog to a folder of its own. A rescue that was cut off goes on with the catalog that it had put aside:
   * what lies in the catalog's place then belongs to it.
   */
  static of(layout: LibraryLayout): PutAside {
    const aside = PutAside.#unfinished(layout) ?? PutAside.#begin(layout)
    // The catalog first: a log without its catalog is noticed, a catalog without its log would not be.
    for (const part of parts)
      if (existsSync(layout.catalog + part) && !existsSync(aside.#part(part)))
        renameFileSync(layout.catalog + part, aside.#part(part))
    for (const part of parts) rmSync(layout.catalog + part, { force: true, recursive: true })
    return aside
  }

  /** Ends the rescue that was cut off right before its end: the catalog in place is whole. */
  static endAll(layout: LibraryLayout): void {
    PutAside.#unfinished(layout)?.end()
  }

  /** Copies the damaged catalog, so that it can be worked on. Returns undefined where there is none. */
  copyTo(file: string): string | undefined {
    removeCatalog(file)
    const size = statSync(this.#part(''), { throwIfNoEntry: false })?.size ?? 0
    if (size === 0) return undefined
    for (const part of ['', '-wal'])
      if (existsSync(this.#part(part))) copyFileSync(this.#part(part), file + part)
    return file
  }

  /** A file for work in the same folder, thus on the same volume. */
  scratch(name: string): string {
    return join(this.folder, name)
  }

  end(): void {
    for (const entry of readdirSync(this.folder))
      if (!parts.some(part => entry === `catalog.db${part}`))
        rmSync(join(this.folder, entry), { force: true, recursive: true })
  }

  #part(part: string): string {
    return join(this.folder, `catalog.db${part}`)
  }

  static #unfinished({ damaged }: LibraryLayout): PutAside | undefined {
    if (!existsSync(damaged)) return undefined
    const name = readdirSync(damaged).find(entry => existsSync(join(damaged, entry, UNFINISHED)))
    return name === undefined ? undefined : new PutAside(join(damaged, name))
  }

  static #begin({ damaged }: LibraryLayout): PutAside {
    mkdirSync(damaged, { recursive: true, mode: 0o700 })
    const number = Math.max(0, ...readdirSync(damaged).map(name => Number.parseInt(name, 10) || 0)) + 1
    const folder = join(damaged, String(number))
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(folder, UNFINISHED), '')
    return new PutAside(folder)
  }
}

/** Removes a catalog with all its parts. */
export function removeCatalog(file: string): void {
  for (const part of parts) rmSync(file + part, { force: true })
}
