import type { Input } from 'mediabunny'
import { readAviHeader } from './avi-header.ts'
import { movieTime } from './movie-time.ts'
import type { ReadAt } from './read-at.ts'

/** What a video says of itself; null where it does not. */
export interface VideoInfo {
  /** Such as `MP4`. */
  readonly format: string
  readonly durationSeconds: number | null
  /** Pixels as shown, after rotation. */
  readonly width: number | null
  readonly height: number | null
  /** The camera's own words, as text: `2019-07-01T12:34:56+0200`. */
  readonly localTime: string | null
  /** Milliseconds since 1970, UTC: from a clock that many cameras set to local time all the same. */
  readonly createdAt: number | null
  /** ISO 6709, such as `+48.2081+016.3713/`. */
  readonly location: string | null
}

const unknown = {
  durationSeconds: null,
  width: null,
  height: null,
  localTime: null,
  createdAt: null,
  location: null,
}

/** Reads a video's header, and no frame of it. A damaged one leaves unknown what it no longer tells. */
export async function readVideoInfo(read: ReadAt, size: number, format: string): Promise<VideoInfo> {
  if (format === 'AVI') return { ...unknown, format, ...readAviHeader(read(0, 256)) }
  // Loaded when it is needed: many libraries hold no video.
  const { Input, CustomSource, ALL_FORMATS } = await import('mediabunny')
  const source = new CustomSource({
    getSize: () => size,
    read: (start, end) => read(start, end - start),
    handleUnhandledError: () => undefined,
  })
  const input = new Input({ source, formats: ALL_FORMATS })
  try {
    const known = await describe(input).catch(() => unknown)
    return { ...unknown, format, ...known, createdAt: movieTime(read, size) }
  } finally {
    input.dispose()
  }
}

async function describe(input: Input): Promise<Omit<VideoInfo, 'format' | 'createdAt'>> {
  const [track, raw, seconds] = await Promise.all([
    input.getPrimaryVideoTrack(),
    input.getMetadataTags().then(({ raw }) => raw ?? {}),
    durationOf(input),
  ])
  const text = (key: string): string | null => (typeof raw[key] === 'string' ? raw[key] : null)
  return {
    durationSeconds: seconds,
    width: pixels(await track?.getDisplayWidth()),
    height: pixels(await track?.getDisplayHeight()),
    localTime: text('com.apple.quicktime.creationdate'),
    location: text('com.apple.quicktime.location.ISO6709'),
  }
}

/** The header's word; where there is none, as in recordings that were cut off, from the packets. */
async function durationOf(input: Input): Promise<number | null> {
  const seconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration())
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null
}

/** A damaged header may say 0, and pixels that are not square make fractions. */
const pixels = (length: number | undefined): number | null =>
  length !== undefined && Number.isFinite(length) && length >= 1 ? Math.round(length) : null
