import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Random } from '../../../electron/shared/random.ts'
import { cliFile, type Cli, type CliRun } from '../../support/cli.ts'

const preload = fileURLToPath(new URL('./kill-at-write.ts', import.meta.url))
const program = [process.execPath, '--import', preload, cliFile]

/** Runs a command to its end and counts its writes. */
export async function countWrites(cli: Cli, args: readonly string[], folder: string): Promise<number> {
  const file = join(folder, 'writes')
  const run = await cli.run(args, { program, env: { WRITES_FILE: file } })
  if (run.status !== 0) throw new Error(`${args.join(' ')} ended with status ${run.status}: ${run.stderr}`)
  return Number(await readFile(file, 'utf8'))
}

/**
 * Runs a command that is killed at one of its writes, before it or up to `spread` milliseconds after it. The command may
 * still come to its end, where its last writes are meant.
 */
export function runKilled(
  cli: Cli,
  args: readonly string[],
  writes: number,
  random: Random,
  spread = 6,
): Promise<CliRun> {
  const after = random.chance(0.3) ? 0 : random.between(0, spread)
  const env = { KILL_AT_WRITE: String(random.int(1, writes)), KILL_AFTER_MS: String(after) }
  return cli.run(args, { program, env })
}

export const wasKilled = (run: CliRun): boolean => run.signal === 'SIGKILL'
