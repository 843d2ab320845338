import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { RuntimeRow } from '../../../shared/results.ts'
import { readRegularFile } from '../../runtime/regular-file.ts'
import { replaceFileSync } from '../../runtime/replace-file.ts'

/** Bytes of the file at most. */
const LARGEST = 2 ** 20

const rowSchema = z.object({
  runtime: z.string(),
  state: z.enum(['fits', 'slow', 'differs', 'absent', 'failed', 'dropped']),
  reason: z.string().nullable(),
  photosPerSecond: z.number().nullable(),
  lowestCosine: z.number().nullable(),
  chosen: z.boolean(),
}) satisfies z.ZodType<RuntimeRow>

const resultSchema = z.object({ measuredAt: z.number(), rows: z.array(rowSchema) })

const fileSchema = z.object({
  machine: z.array(z.string()),
  /** By the SHA-256 of the network. */
  networks: z.record(z.string(), resultSchema),
})

/** A measurement of the runtimes with one network. */
export interface BenchmarkResult {
  /** Milliseconds since 1970. */
  readonly measuredAt: number
  readonly rows: readonly RuntimeRow[]
}

/**
 * The measurements of this machine, in a file that belongs to the machine rather than to a library: a library may move to
 * another machine, and the libraries of one machine share it. The file can be deleted at any time.
 */
export class BenchmarkResults {
  readonly #file: string
  readonly #machine: readonly string[]

  /** @param machine the facts under which the measurements hold (machine-facts.ts) */
  constructor(file: string, machine: readonly string[]) {
    this.#file = file
    this.#machine = machine
  }

  /** Returns the result for a network, by the SHA-256 of its file. */
  of(sha256: string): BenchmarkResult | undefined {
    return this.#read()[sha256]
  }

  /** Keeps a result. Where the folder cannot be written, the next process measures again. */
  keep(sha256: string, result: BenchmarkResult): void {
    const networks = { ...this.#read(), [sha256]: result }
    const text = JSON.stringify({ machine: this.#machine, networks }, null, 1)
    try {
      mkdirSync(dirname(this.#file), { recursive: true })
      replaceFileSync(this.#file, `${this.#file}.${process.pid}`, temporary => writeFileSync(temporary, text))
    } catch {
      // Nothing but time is lost.
    }
  }

  /** Returns nothing where the file is absent, damaged, or of other facts than those of the machine now. */
  #read(): Readonly<Record<string, BenchmarkResult>> {
    try {
      const { machine, networks } = fileSchema.parse(
        JSON.parse(readRegularFile(this.#file, LARGEST).toString('utf8')),
      )
      return JSON.stringify(machine) === JSON.stringify(this.#machine) ? networks : {}
    } catch {
      return {}
    }
  }
}
