import type { Said, SaidRow } from '../catalog/said.ts'
import { readLines } from './journal-file.ts'
import { stateAfter } from './said-state.ts'

/**
 * How many labels differ between a catalog and its journal: damage that SQLite cannot see. 0 where the journal is not whole,
 * and proves nothing.
 * @param readSaid reads what the catalog has, once the journal has been read
 */
export function countDifferences(journal: string, readSaid: () => Said): number {
  const state = stateAfter(readLines(journal))
  return state.isWhole ? labelTexts(state).symmetricDifference(labelTexts(readSaid())).size : 0
}

const labelTexts = ({ rows }: Said): Set<string> =>
  new Set(rows.flatMap(said => (said.row && said.table !== 'root' ? textOf(said, said.row) : [])))

/** The same text for the same row, whatever the order of its columns. */
const textOf = ({ table, key }: SaidRow, row: NonNullable<SaidRow['row']>): string =>
  JSON.stringify([table, Object.entries(key).sort(), Object.entries(row).sort()])
