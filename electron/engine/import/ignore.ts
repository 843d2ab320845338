import type { Catalog } from '../library/catalog/catalog.ts'

/** Patterns of files and folders that imports leave out, from the settings. */
export function readIgnore({ settings }: Catalog): readonly string[] {
  const stored = settings.text('ignore')
  return stored === undefined ? [] : (JSON.parse(stored) as string[])
}

export function writeIgnore({ settings }: Catalog, patterns: readonly string[]): void {
  settings.set('ignore', JSON.stringify(patterns))
}
