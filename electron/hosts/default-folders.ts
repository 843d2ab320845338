import envPaths from 'env-paths'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The library of a person who names none: in the data folder of the system. */
export const defaultLibraryDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_LIBRARY || envPaths('Kindred', { suffix: '' }).data

/** What ships with the program, in a checkout; a packaged one passes its own. */
export const resourcesDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_RESOURCES || fileURLToPath(new URL('../../resources', import.meta.url))

/** The built interface: `npm run build`. */
export const rendererDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_RENDERER || fileURLToPath(new URL('../../dist/renderer', import.meta.url))

/** Compiled sources of the engine, which can all be made again. */
export const codeFolder = (): string => join(envPaths('Kindred', { suffix: '' }).cache, 'code')
