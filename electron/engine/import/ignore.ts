import type { Catalog } from '../library/catalog/catalog.ts'

/** Patterns of what the person wants left out. */
export function readIgnore({ settings }: Catalog): readonly string[] {
  const stored = settings.text('ignore')
  return stored === undefined ? [] : (JSON.parse(stored) as string[])
}
