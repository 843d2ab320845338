import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const longest = 2 * 1024 * 1024

/** Returns a function that appends lines to a log file. A long file is renamed to `.old` when the app starts. */
export function openLog(file: string, now: () => Date = () => new Date()): (line: string) => void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    if (statSync(file).size > longest) renameSync(file, `${file}.old`)
  } catch {
    // The file does not exist yet, or is not writable, which the first line finds out.
  }
  return line => {
    try {
      appendFileSync(file, `${now().toISOString()} ${line}\n`)
    } catch {
      // A full disk must not end the app because of its log.
    }
  }
}
