import type { Catalog } from '../library/catalog/catalog.ts'

/** Patterns of files that imports leave out. */
export function readIgnore({ settings }: Catalog): readonly string[] {
  const stored = settings.text('ignore')
  return stored === undefined ? [] : (JSON.parse(stored) as string[])
}

export function writeIgnore({ settings }: Catalog, patterns: readonly string[]): void {
  settings.set('ignore', JSON.stringify(patterns))
}
