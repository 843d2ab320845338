import { basename } from 'node:path'
import type { FilePath } from '../../library/paths.ts'
import type { Place, StandIn } from '../../library/rows.ts'
import { dateInName } from '../metadata/name-date.ts'
import { placeAt } from '../metadata/places.ts'
import { positionOfIso6709 } from '../metadata/position.ts'
import { placeholderFor } from './placeholder.ts'
import { posterOf } from './poster.ts'
import { readAtOf } from './read-at.ts'
import { videoIdentity } from './video-identity.ts'
import { readVideoInfo, type VideoInfo } from './video-info.ts'

/** A video as far as a library of photos needs it. */
export interface Video extends VideoInfo {
  readonly bytes: number
  /** Named here, in a thread that may take its time: the list of cities is long. */
  readonly place: Place | undefined
  /** Why its poster is no frame of it, but drawn. */
  readonly standIn: StandIn | undefined
}

/** A video with the picture that stands for it. */
export interface VideoFile {
  readonly video: Video
  /** 32 bytes. */
  readonly contentHash: Buffer
  /** JPEG; without bytes where none was wanted. */
  readonly poster: Buffer<ArrayBuffer>
}

/**
 * Reads a video's header, its identity and one frame; blocks the thread. Returns undefined where there is neither a
 * header nor a frame.
 * @param handle of the open file
 * @param format as shown, such as `MP4`
 * @param wantsPoster false: the picture is left out where the header tells enough
 * @param onPart called after each part that is read
 */
export async function readVideo(
  path: FilePath,
  { handle, size }: { handle: number; size: number },
  format: string,
  wantsPoster = true,
  onPart?: () => void,
): Promise<VideoFile | undefined> {
  const read = readAtOf(handle, onPart)
  const contentHash = videoIdentity(read, size)
  const found = await readVideoInfo(read, size, format)
  // Phones write local time into the name, and UTC into the file.
  const info = dateInName(basename(path)) ? { ...found, createdAt: null } : found
  const where = positionOfIso6709(info.location ?? '')
  const place = where && placeAt(where.latitude, where.longitude)
  const hasHeader = info.width !== null || info.durationSeconds !== null
  const about = { ...info, bytes: size, place }
  if (hasHeader && !wantsPoster)
    return { video: { ...about, standIn: undefined }, contentHash, poster: Buffer.alloc(0) }
  const frame = posterOf(path, info)
  onPart?.()
  if (typeof frame === 'string' && !hasHeader) return undefined
  const standIn = typeof frame === 'string' ? frame : undefined
  return {
    video: { ...about, standIn },
    contentHash,
    poster: typeof frame === 'string' ? await placeholderFor(info) : frame,
  }
}
