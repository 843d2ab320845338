import type { Input } from '../../electron/shared/contract.ts'

type Given = NonNullable<Input<'similar.search'>['filter']>

/** What results are restricted to; all conditions hold together, and an empty one is none. */
export interface Filter {
  readonly albums: readonly number[]
  readonly notAlbums: readonly number[]
  /** In no album at all. */
  readonly noAlbum: boolean
  readonly folders: readonly string[]
  readonly cameras: readonly string[]
  readonly formats: readonly string[]
  readonly shapes: readonly NonNullable<Given['shapes']>[number][]
  readonly kinds: readonly NonNullable<Given['kinds']>[number][]
  /** As dates of photos; the first is included, the second is not. */
  readonly takenFrom: number | undefined
  readonly takenBefore: number | undefined
}

/** The conditions that are lists. */
export type FilterList = {
  [K in keyof Filter]: Filter[K] extends readonly unknown[] ? K : never
}[keyof Filter]

export const noFilter: Filter = {
  albums: [],
  notAlbums: [],
  noAlbum: false,
  folders: [],
  cameras: [],
  formats: [],
  shapes: [],
  kinds: [],
  takenFrom: undefined,
  takenBefore: undefined,
}

/** Returns the filter as the engine takes it: without the conditions that are empty. */
export function asGiven(filter: Filter): Given {
  const given = Object.entries(filter as Given).filter(
    ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(given)
}

export const isFiltering = (filter: Filter): boolean => Object.keys(asGiven(filter)).length > 0

/** Returns the filter with a value of a list taken in, or left out where it is there. */
export function toggled<K extends FilterList>(filter: Filter, name: K, value: Filter[K][number]): Filter {
  const list: readonly unknown[] = filter[name]
  return { ...filter, [name]: list.includes(value) ? list.filter(v => v !== value) : [...list, value] }
}
