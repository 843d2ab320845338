import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** The program's own version: of the nearest package.json, above the sources as above the built engine. */
export function kindredVersion(): string {
  const file = findPackageJSON('.', import.meta.url)
  if (file === undefined) throw new Error('There is no package.json above the engine.')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
