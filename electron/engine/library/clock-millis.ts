import type { WallClock } from './rows.ts'

/** Milliseconds of the clock as if it were UTC: what photos are sorted by. */
export function clockMillis({ text, subseconds = '' }: Pick<WallClock, 'text' | 'subseconds'>): number {
  return Date.parse(`${text}Z`) + Math.floor(Number(`0.${subseconds || '0'}`) * 1000)
}

/** What a clock with these milliseconds shows, such as `2019-07-01T12:34:56`. */
export const clockText = (millis: number): string => new Date(millis).toISOString().slice(0, 19)
