import { isDeepStrictEqual } from 'node:util'

/** Names what differs between two records of a library's contents, shortly; undefined where they are equal. */
export function differenceOf(found: unknown, wanted: unknown): string | undefined {
  if (isDeepStrictEqual(found, wanted)) return undefined
  const [a, b] = [flat(found), flat(wanted)]
  const keys = [...new Set([...a.keys(), ...b.keys()])].filter(key => a.get(key) !== b.get(key))
  const shown = keys
    .slice(0, 3)
    .map(key => `${key}: ${a.get(key) ?? 'none'} instead of ${b.get(key) ?? 'none'}`)
  return `${keys.length} values differ, such as ${shown.join('; ')}`.slice(0, 600)
}

/** All leaves by their path. */
function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) return into.set(path, JSON.stringify(value))
  for (const [key, part] of Object.entries(value)) flat(part, path === '' ? key : `${path}.${key}`, into)
  return into
}
