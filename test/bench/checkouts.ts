/**
 * Compares this checkout with another one: cold searches and an import on the command line, searches in a running engine,
 * measured in pairs. Needs Linux and bash.
 *
 *     node test/bench/checkouts.ts OTHER [--rounds N] [--limit RATIO] [--json]
 *
 * Ends with status 1 if this checkout is slower than the limit allows, with 2 if nothing could be compared.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Checkout } from './checkouts/checkout.ts'
import { compare, type Comparison } from './checkouts/comparison.ts'
import { drawPhotos, Pairs, prepare } from './checkouts/pairs.ts'
import { killAll, type Cost } from './checkouts/processes.ts'

interface Figure extends Comparison {
  readonly work: string
  readonly time: keyof Cost
}

const outcomes = { within: 'yes', above: 'NO', unclear: 'unclear' } as const

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '6' },
    limit: { type: 'string', default: '1.03' },
    json: { type: 'boolean', default: false },
  },
})

function readOptions(): { rounds: number; limit: number } {
  const [rounds, limit] = [Number(options.rounds), Number(options.limit)]
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds needs a whole number from 1 on.')
  if (!(limit > 0)) throw new Error('--limit needs a ratio such as 1.03.')
  return { rounds, limit }
}

async function measure(): Promise<void> {
  const [folder] = positionals
  if (folder === undefined) throw new Error('Name the folder of another checkout.')
  const { rounds, limit } = readOptions()
  const folders = { this: resolve(import.meta.dirname, '../..'), other: resolve(folder) }

  const scratch = mkdtempSync(join(tmpdir(), 'kindred-checkouts-'))
  process.once('exit', () => {
    killAll()
    // Killed processes may still be writing for a moment.
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10 })
  })
  const place = (name: keyof typeof folders): string => join(scratch, name)
  const checkouts = {
    this: new Checkout(folders.this, join(place('this'), 'cache')),
    other: new Checkout(folders.other, join(place('other'), 'cache')),
  }
  tell('drawing photos, making libraries')
  const photos = await drawPhotos(join(scratch, 'photos'))
  const sides = {
    this: await prepare(checkouts.this, photos, place('this')),
    other: await prepare(checkouts.other, photos, place('other')),
  }
  const pairs = new Pairs(sides, photos)
  for (let round = 0; round < rounds; round++) {
    tell(`round ${round + 1} of ${rounds}`)
    await pairs.round(round)
  }

  const figures = [...pairs.costs].flatMap(([work, costs]) =>
    (['wall', 'cpu'] as const).map(time => {
      const seconds = costs.map(cost => ({ this: cost.this[time], other: cost.other[time] }))
      return { work, time, ...compare(seconds, limit) }
    }),
  )
  if (options.json) console.log(JSON.stringify({ ...folders, rounds, limit, figures }))
  else console.log(table(figures, limit))
  process.exitCode = figures.some(({ outcome }) => outcome === 'above') ? 1 : 0
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

function table(figures: readonly Figure[], limit: number): string {
  const rows = [
    ['', 'time', 'this', 'other', 'this / other', '95 % interval', `within ${limit}`],
    ...figures.map(({ work, time, ratio, interval, outcome, ...medians }) => [
      work,
      time,
      `${medians.this.toFixed(3)} s`,
      `${medians.other.toFixed(3)} s`,
      ratio.toFixed(3),
      interval.map(bound => bound.toFixed(3)).join('–'),
      outcomes[outcome],
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.once(signal, () => process.exit(128 + number))
try {
  await measure()
} catch (error) {
  tell(error instanceof Error ? error.message : String(error))
  process.exit(2)
}
