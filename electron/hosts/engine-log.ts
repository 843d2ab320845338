import type { Logger } from '../engine/runtime/log.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly Parameters<Logger>[0][]

/** A log on standard error of what is at least so serious: one line an entry, and stacks below it. */
export function logToStderr(least: (typeof levels)[number]): Logger {
  return (level, message, details = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    const { stack, ...others } = details
    const facts = Object.keys(others).length > 0 ? ` ${JSON.stringify(others)}` : ''
    process.stderr.write(`${level}: ${message}${facts}\n${typeof stack === 'string' ? `${stack}\n` : ''}`)
  }
}
