import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { codeFolder } from '../../electron/hosts/default-folders.ts'
import { engineSettings } from '../../electron/shared/engine-environment.ts'
import type { LeakPlan, LeakReport, MemorySample } from './leak-run.ts'

const program = fileURLToPath(new URL('./leak-run.ts', import.meta.url))

/** Runs leak-run.ts in a process of its own. */
export async function runForLeaks(plan: LeakPlan): Promise<LeakReport> {
  const args = ['--expose-gc', program, JSON.stringify(plan)]
  const env = { ...process.env, ...engineSettings(process.env, codeFolder()) }
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24, env })
  return JSON.parse(stdout) as LeakReport
}

/**
 * By how much a value grows per query, import or second after warming up: the median of the slopes between any two samples of
 * the later two thirds (Theil–Sen estimator), which outliers do not move.
 */
export function growth<Of extends string>(
  samples: readonly (Readonly<Record<Of, number>> & Pick<MemorySample, 'done'>)[],
  of: Of,
): number {
  const later = samples.slice(Math.floor(samples.length / 3))
  const slopes = later.flatMap((a, i) => later.slice(i + 1).map(b => (b[of] - a[of]) / (b.done - a.done)))
  slopes.sort((a, b) => a - b)
  return slopes[Math.floor(slopes.length / 2)] ?? 0
}
