import { heldOutQueries } from '../../../electron/engine/learning/evaluation/held-out-queries.ts'
import { judge, weigh } from '../../../electron/engine/learning/evaluation/gate.ts'
import type { RankedResult } from '../../../electron/engine/learning/evaluation/retrieval-run.ts'
import { FOLDS } from '../../../electron/engine/learning/labels/folds.ts'
import { identityHead } from '../../../electron/engine/vision/head/head.ts'
import type { Random } from '../../../electron/shared/random.ts'
import type { GateDecision } from '../../../electron/shared/training-report.ts'
import { strong, trainHeadFor, undisturbed } from './heads.ts'
import { drawLibrary, type LibraryShape, type TrialLibrary } from './library.ts'
import type { Pool } from './pool.ts'
import { rank } from './results.ts'

export interface Setting {
  readonly name: string
  readonly shape: LibraryShape
  /**
   * - `equal`: versions that were trained alike, each from labels disturbed anew, compared in all ordered pairs (A/A);
   * - `gain`: a trained version against the features as they are.
   */
  readonly kind: 'equal' | 'gain'
  /** Of equal versions, how many a library. */
  readonly versions?: number
  /** Whether fold 0 alone is asked, as after an earlier training, or all folds. */
  readonly heldOutOnly?: boolean
}

/** What the gate decided of each pair of versions of one library. */
export async function decideTrial(
  pool: Pool,
  setting: Setting,
  random: Random,
): Promise<readonly GateDecision[]> {
  const library = drawLibrary(pool, setting.shape, random)
  const seed = String(random.int(0, 2 ** 30))
  const versions = resultsOf(setting, library, seed)
  const pairs = versions.flatMap((before, i) =>
    versions.flatMap((after, j) =>
      i === j || (setting.kind === 'gain' && i > j) ? [] : [{ before, after }],
    ),
  )
  const decisions: GateDecision[] = []
  for (const pair of pairs) {
    const evidence = await weigh(pair, library.set, 1)
    decisions.push(judge(pair, library.set, evidence, { ok: true }, []))
  }
  return decisions
}

/** The answers of each version: each fold is asked of a head that has not seen it. */
function resultsOf(
  { kind, versions = 2, heldOutOnly = false }: Setting,
  library: TrialLibrary,
  seed: string,
): RankedResult[][] {
  const results = Array.from({ length: versions }, (): RankedResult[] => [])
  for (let fold = 0; fold < (heldOutOnly ? 1 : FOLDS); fold++) {
    const problem = heldOutQueries(library.set, fold, new Set())
    for (const [version, answers] of results.entries()) {
      const isPlain = kind === 'gain' && version === 0
      const disturbance = kind === 'gain' ? undisturbed : strong
      const head = isPlain
        ? identityHead(library.length)
        : trainHeadFor(library, fold, disturbance, `${seed}/${version}/${fold}`)
      answers.push(...rank(head, library.features, problem))
    }
  }
  return results
}

/**
 * The share of accepted decisions with a 95 % interval: Wilson's, as if each library were a single decision, which is as much
 * as the pairs of one library can depend on each other.
 */
export function acceptance(trials: readonly (readonly GateDecision[])[]): {
  readonly accepted: number
  readonly decisions: number
  readonly rate: number
  readonly interval: readonly [number, number]
} {
  const decisions = trials.flat()
  const accepted = decisions.filter(decision => decision.accepted).length
  const rate = accepted / decisions.length
  return { accepted, decisions: decisions.length, rate, interval: wilson(rate, trials.length) }
}

function wilson(share: number, count: number): [number, number] {
  const z = 1.96
  const middle = share + z ** 2 / (2 * count)
  const half = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  const scale = 1 + z ** 2 / count
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)]
}
