import envPaths from 'env-paths'
import { join } from 'node:path'

/**
 * Lets a child process keep its compiled sources between starts, which halves the time that loading the engine takes.
 * Whoever has chosen a place, or none, is obeyed: https://nodejs.org/api/module.html#module-compile-cache.
 */
export function withCodeCache(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.NODE_DISABLE_COMPILE_CACHE !== undefined) return env
  return { NODE_COMPILE_CACHE: join(envPaths('Kindred', { suffix: '' }).cache, 'code'), ...env }
}
