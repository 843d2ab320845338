import type { Database } from './database.ts'

/** Single values, by their names. */
export class Settings {
  readonly #get
  readonly #set
  readonly #increment

  constructor(db: Database) {
    this.#get = db.prepare<[string], string | number>('SELECT value FROM setting WHERE key = ?').pluck()
    this.#set = db.prepare<[string, string | number]>(
      'INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)',
    )
    this.#increment = db.prepare<[string]>('UPDATE setting SET value = value + 1 WHERE key = ?')
  }

  number(key: string): number | undefined {
    const value = this.#get.get(key)
    return typeof value === 'number' ? value : undefined
  }

  text(key: string): string | undefined {
    const value = this.#get.get(key)
    return typeof value === 'string' ? value : undefined
  }

  set(key: string, value: string | number): void {
    this.#set.run(key, value)
  }

  /** Goes up whenever the set of searchable photos changes. */
  generation(): number {
    return this.number('generation') ?? 0
  }

  bumpGeneration(): void {
    this.#increment.run('generation')
  }
}
