/** At most `count` items, evenly spaced over the list; the same list always gives the same items. */
export function strideSample<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!)
}
