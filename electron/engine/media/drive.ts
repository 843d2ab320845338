import { readFileSync } from 'node:fs'
import { parse, sep } from 'node:path'
import { pathFromBytes, type FilePath } from '../library/paths.ts'

/** Where Linux lists what is mounted; reading it asks none of the drives. */
const MOUNTS = '/proc/self/mounts'

/** Returns the place at which the drive of a path is mounted, without touching the drive itself. */
export function driveOf(path: FilePath, mounts = readMounts()): string {
  const holding = mounts.filter(
    place => path === place || path.startsWith(place.endsWith(sep) ? place : place + sep),
  )
  const [nearest] = holding.sort((a, b) => b.length - a.length)
  return nearest ?? /^\/Volumes\/[^/]+/.exec(path)?.[0] ?? parse(path).root
}

function readMounts(): string[] {
  try {
    const lines = pathFromBytes(readFileSync(MOUNTS)).split('\n')
    // Spaces and the like are written in octal.
    return lines.flatMap(line => line.split(' ')[1] ?? []).map(unescaped)
  } catch {
    return []
  }
}

const unescaped = (place: string): string =>
  place.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
