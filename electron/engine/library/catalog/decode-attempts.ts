import type { Database } from './database.ts'
import type { Transactions } from './transactions.ts'

/** How often a photo's decoding may be begun and not end. */
const MOST = 2

/** Decodings that may end the program, counted by the photo's content. */
export class DecodeAttempts {
  readonly #count
  readonly #begin
  readonly #clear
  readonly #forgive
  readonly #transactions: Transactions

  constructor(db: Database, transactions: Transactions) {
    this.#transactions = transactions
    this.#count = db
      .prepare<[Buffer], number>('SELECT attempts FROM decode_attempt WHERE content_hash = ?')
      .pluck()
    this.#begin = db.prepare<[Buffer]>(
      `INSERT INTO decode_attempt (content_hash, attempts) VALUES (?, 1)
       ON CONFLICT (content_hash) DO UPDATE SET attempts = attempts + 1`,
    )
    this.#clear = db.prepare<[Buffer]>('DELETE FROM decode_attempt WHERE content_hash = ?')
    this.#forgive = db.prepare<[number, number]>('UPDATE decode_attempt SET attempts = ? WHERE attempts >= ?')
  }

  /** Whether it was begun so often that it must not be begun again. */
  isSpent(contentHash: Buffer): boolean {
    return (this.#count.get(contentHash) ?? 0) >= MOST
  }

  /** Records that a decoding begins: on the disk when this returns. */
  begin(contentHash: Buffer): void {
    this.#transactions.durable(() => this.#begin.run(contentHash))
  }

  /** The program has outlived the decoding, whatever came of it. */
  end(contentHash: Buffer): void {
    this.#transactions.bulk(() => this.#clear.run(contentHash))
  }

  /** Gives every photo one more chance. */
  forgive(): void {
    this.#transactions.durable(() => this.#forgive.run(MOST - 1, MOST))
  }
}
