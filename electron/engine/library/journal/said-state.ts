import type { FilePath } from '../paths.ts'
import type { ContentName, Said, SaidRow } from '../catalog/said.ts'
import type { JournalLine } from './journal-file.ts'

/** What the lines of a journal come to. */
export interface SaidState extends Said {
  /** The last row of each key; null rows were taken away. */
  readonly rows: readonly SaidRow[]
  /**
   * Whether these are all labels that there were: the journal begins with a whole summary, and no change after it is
   * missing.
   */
  readonly isWhole: boolean
  /** The number and the time of the last change; 0 and undefined where there is none. */
  readonly last: number
  readonly lastAt: string | undefined
}

/** Goes through the lines, from the oldest on. */
export function stateAfter(lines: readonly JournalLine[]): SaidState {
  const rows = new Map<string, SaidRow>()
  const paths: Record<ContentName, FilePath> = {}
  for (const line of lines) {
    for (const row of line.rows) {
      const key = JSON.stringify([row.table, row.key])
      // Set anew, so that rows stay in the order in which they were last said.
      rows.delete(key)
      rows.set(key, row)
    }
    Object.assign(paths, line.paths)
  }
  const last = lines.at(-1)
  return {
    rows: [...rows.values()],
    paths,
    isWhole: isWhole(lines),
    last: Math.max(0, ...lines.map(({ seq }) => seq)),
    lastAt: last?.at,
  }
}

function isWhole(lines: readonly JournalLine[]): boolean {
  const parts = lines.filter(({ part }) => part)
  const [first] = parts
  if (parts.length !== first?.part?.[1] || parts.some(({ seq }) => seq !== first.seq)) return false
  let expected = first.seq
  for (const { seq } of lines.slice(parts.length)) {
    // A change that was written twice, because the first time it could not be synced, is no gap.
    if (seq > expected + 1) return false
    expected = Math.max(expected, seq)
  }
  return true
}
