/** Argument of the engine's process: a damaged library is repaired before it is opened. */
export const REPAIR = '--repair'

/**
 * Environment variables for the engine's process. Values that are set in `env` already are kept.
 * @param codeFolder keeps compiled sources between starts, which halves the time to load the engine:
 *   https://nodejs.org/api/module.html#module-compile-cache
 */
export function engineSettings(
  env: Readonly<Record<string, string | undefined>>,
  codeFolder: string,
): Record<string, string> {
  return {
    // By default the GNU allocator keeps so many arenas that the same work takes a third more memory.
    MALLOC_ARENA_MAX: env.MALLOC_ARENA_MAX ?? '2',
    ...(env.NODE_DISABLE_COMPILE_CACHE === undefined
      ? { NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? codeFolder }
      : {}),
  }
}
