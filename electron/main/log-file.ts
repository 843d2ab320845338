import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const longest = 2 * 1024 * 1024

/** Writes lines to a file. A long one is put aside when the app starts, so that there are never more than two. */
export function openLog(file: string, now: () => Date = () => new Date()): (line: string) => void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    if (statSync(file).size > longest) renameSync(file, `${file}.old`)
  } catch {
    // There is none yet, or it can't be written, which the next line finds out.
  }
  return line => {
    try {
      appendFileSync(file, `${now().toISOString()} ${line}\n`)
    } catch {
      // A full disk must not take the app down because of its log.
    }
  }
}
