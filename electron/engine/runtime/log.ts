/** @file The engine's log, for developers. The host decides where it goes. */
export type Logger = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details?: Record<string, unknown>,
) => void

export const silentLog: Logger = () => undefined
