/** Where the engine writes what a developer needs to know. A host decides what becomes of it. */
export type Logger = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details?: Record<string, unknown>,
) => void

export const silentLog: Logger = () => undefined
