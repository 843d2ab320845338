import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The folder of collected cases beside the checkout, where there is one: tests that read it are skipped without it, and
 * every rule is tested with files made by code as well.
 */
export const casesFolder = ['../../../shared/cases', '../../../../shared/cases']
  .map(path => fileURLToPath(new URL(path, import.meta.url)))
  .find(existsSync)
