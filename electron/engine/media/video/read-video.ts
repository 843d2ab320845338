import type { FilePath } from '../../library/paths.ts'
import { placeholderFor } from './placeholder.ts'
import { posterOf } from './poster.ts'
import { readAtOf } from './read-at.ts'
import { videoIdentity } from './video-identity.ts'
import { readVideoInfo, type VideoInfo } from './video-info.ts'

/** A video as far as a library of photos needs it. */
export interface Video extends VideoInfo {
  /** Whether the poster is a frame of it; otherwise it is a drawn stand-in that says nothing about what is to be seen. */
  readonly hasFrame: boolean
}

/** A video with the picture that stands for it. */
export interface VideoFile {
  readonly video: Video
  /** 32 bytes. */
  readonly contentHash: Buffer
  /** JPEG. */
  readonly poster: Buffer<ArrayBuffer>
}

/**
 * Reads a video's header, its identity and one frame; blocks the thread.
 * @param handle of the open file
 * @param format as shown, such as `MP4`
 * @param onPart called after each part that is read
 */
export async function readVideo(
  path: FilePath,
  { handle, size }: { handle: number; size: number },
  format: string,
  onPart?: () => void,
): Promise<VideoFile> {
  const read = readAtOf(handle, onPart)
  const contentHash = videoIdentity(read, size)
  const info = await readVideoInfo(read, size, format)
  const frame = posterOf(path, info)
  onPart?.()
  return {
    video: { ...info, hasFrame: frame !== undefined },
    contentHash,
    poster: frame ?? (await placeholderFor(info)),
  }
}
