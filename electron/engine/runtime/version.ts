import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Returns the program's version, from the nearest package.json above (of the sources, or of the built engine). */
export function kindredVersion(): string {
  const file = findPackageJSON('.', import.meta.url)
  if (file === undefined) throw new Error('There is no package.json above the engine.')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
