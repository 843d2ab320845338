import type { PhotoMetadata, PhotoTraits, Taken, WallClock } from '../../library/rows.ts'
import { positionOfIso6709 } from '../metadata/position.ts'
import { onlyKnown } from '../metadata/read-metadata.ts'
import { readWallClock } from '../metadata/wall-clock.ts'
import type { Video } from './read-video.ts'

/** The traits of a video, from those of the picture that stands for it. */
export function withVideo<T extends PhotoTraits>(poster: T, video: Video): T {
  return {
    ...poster,
    format: video.format,
    width: video.width ?? poster.width,
    height: video.height ?? poster.height,
    metadata: videoMetadata(video),
    video: {
      durationSeconds: video.durationSeconds,
      ...(video.standIn ? { standIn: video.standIn } : {}),
    },
  }
}

/** When and where a video was taken. */
export function videoMetadata({ localTime, createdAt, location, place }: Video): PhotoMetadata {
  return onlyKnown({
    taken:
      taken(readWallClock(localTime ?? ''), 'QuickTime CreationDate') ??
      taken(utc(createdAt), 'QuickTime CreateDate'),
    ...positionOfIso6709(location ?? ''),
    place,
  })
}

const taken = (clock: WallClock | undefined, from: string): Taken | undefined => clock && { ...clock, from }

const utc = (millis: number | null): WallClock | undefined =>
  millis === null ? undefined : readWallClock(new Date(millis).toISOString())
