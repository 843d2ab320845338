import envPaths from 'env-paths'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The library that is used when none is named: in the data folder of the system. */
export const defaultLibraryDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_LIBRARY || envPaths('Kindred', { suffix: '' }).data

/** The files that ship with the program: those of the checkout, unless a packaged program names its own. */
export const resourcesDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_RESOURCES || fileURLToPath(new URL('../../resources', import.meta.url))

/** The rendered sample photos: `npm run build`. */
export const samplesDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_SAMPLES || fileURLToPath(new URL('../../dist/samples', import.meta.url))

/** The built interface: `npm run build`. */
export const rendererDir = (env: NodeJS.ProcessEnv): string =>
  env.KINDRED_RENDERER || fileURLToPath(new URL('../../dist/renderer', import.meta.url))

/**
 * The folder for measurements of this machine (KINDRED_MACHINE names another); undefined with `KINDRED_CPU_ONLY=1`, which
 * leaves all of the network's work to the CPU.
 */
export const machineDir = (env: NodeJS.ProcessEnv): string | undefined =>
  env.KINDRED_CPU_ONLY === '1' ? undefined : env.KINDRED_MACHINE || envPaths('Kindred', { suffix: '' }).cache

/** Whether an engine that stays open takes over changes in its folders; `KINDRED_WATCH=0` says no. */
export const watchesFolders = (env: NodeJS.ProcessEnv): boolean => env.KINDRED_WATCH !== '0'

/** Compiled sources of the engine, which can all be made again. */
export const codeFolder = (): string => join(envPaths('Kindred', { suffix: '' }).cache, 'code')

/** Whether lacking metadata are read in the background; `KINDRED_READ_METADATA=0` leaves that out. */
export const readsMetadata = (env: NodeJS.ProcessEnv): boolean => env.KINDRED_READ_METADATA !== '0'
