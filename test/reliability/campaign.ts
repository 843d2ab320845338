import type { Random } from '../../electron/shared/random.ts'

/** What a campaign runs with. */
export interface CampaignOptions {
  /** How many attacks. */
  readonly count: number
  readonly random: Random
  /** An empty scratch folder, removed afterwards. */
  readonly folder: string
  /** Shows progress. */
  readonly log: (line: string) => void
}

export interface CampaignOutcome {
  /** How many attacks were made. */
  readonly attacks: number
  /** A line for everything that was lost, wrong or hung; the aim is none. */
  readonly losses: readonly string[]
  /** What the reader of the table should know, such as how many attacks came in the midst of the work. */
  readonly remarks?: string
}

/** One kind of attack on a library or on the program, made over and over again. */
export interface Campaign {
  /** Short, for the command line, such as `kill-import`. */
  readonly name: string
  /** The row's title in docs/reliability.md. */
  readonly title: string
  /** What must not be lost. */
  readonly promise: string
  /** Attacks of a whole run. */
  readonly count: number
  /** Attacks in `npm test`: seconds, not minutes. */
  readonly quickCount: number
  /** Why it cannot run on this machine; undefined where it can. */
  unavailable?(): string | undefined
  run(options: CampaignOptions): Promise<CampaignOutcome>
}
