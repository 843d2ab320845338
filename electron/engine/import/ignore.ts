/** @file What a person wants left out, of all folders or of single ones. */
import type { Catalog } from '../library/catalog/catalog.ts'
import type { FilePath } from '../library/paths.ts'
import type { WalkOptions } from './walk.ts'

/** Patterns of files and folders that imports leave out, from the settings. */
export function readIgnore({ settings }: Catalog): readonly string[] {
  const stored = settings.text('ignore')
  return stored === undefined ? [] : (JSON.parse(stored) as string[])
}

export function writeIgnore({ settings }: Catalog, patterns: readonly string[]): void {
  settings.set('ignore', JSON.stringify(patterns))
}

/** Whether folders are taken that ask by a file `.nomedia` to be left out. */
export const readTakesNoMedia = ({ settings }: Catalog): boolean => settings.number('takesNoMedia') === 1

export function writeTakesNoMedia({ settings }: Catalog, takes: boolean): void {
  settings.set('takesNoMedia', takes ? 1 : 0)
}

/**
 * Keeps patterns that were given for single folders with them, in place of those that they had. Only within a
 * transaction.
 */
export function keepIgnore(
  catalog: Catalog,
  folders: readonly FilePath[],
  patterns: readonly string[],
): void {
  // What is left out of all folders needs no note of its own, which would outlast the setting.
  const everywhere = new Set(readIgnore(catalog))
  const own = patterns.filter(pattern => !everywhere.has(pattern))
  for (const folder of folders) catalog.folders.setIgnored(folder, own)
}

/** What a walk of the library's folders leaves out. */
export const leftOutBy = (catalog: Catalog): Omit<WalkOptions, 'exclude'> => ({
  ignore: readIgnore(catalog),
  ignoreIn: catalog.folders.ignored(),
  takesNoMedia: readTakesNoMedia(catalog),
})
