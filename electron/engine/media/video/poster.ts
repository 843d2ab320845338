import { spawnSync } from 'node:child_process'
import type { FilePath } from '../../library/paths.ts'
import type { VideoInfo } from './video-info.ts'

/** Milliseconds for one frame; less than those after which a thread that reads counts as hanging. */
const PATIENCE = 15_000
/** Longest edge of a poster in pixels. */
const LONGEST_EDGE = 1920
/** Frames among which the most typical one is chosen: the first may be black. */
const FRAMES = 12
const LARGEST = 32 * 2 ** 20

/**
 * Returns a frame of a video as JPEG, by ffmpeg where it is installed. Blocks the thread.
 * @returns undefined without ffmpeg, and for a video that it cannot decode
 */
export function posterOf(
  path: FilePath,
  info: Pick<VideoInfo, 'durationSeconds'>,
): Buffer<ArrayBuffer> | undefined {
  const start = Math.min(2, (info.durationSeconds ?? 0) / 10)
  return frameOf(path, start) ?? (start > 0 ? frameOf(path, 0) : undefined)
}

function frameOf(path: FilePath, second: number): Buffer<ArrayBuffer> | undefined {
  // A command line holds text only: a name of other bytes cannot be passed on.
  if (!path.isWellFormed()) return undefined
  const edge = `'min(${LONGEST_EDGE},iw)':'min(${LONGEST_EDGE},ih)':force_original_aspect_ratio=decrease`
  const { status, stdout } = spawnSync(
    'ffmpeg',
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1'],
      // What a file names elsewhere is not fetched.
      ...['-protocol_whitelist', 'file,pipe', '-ss', second.toFixed(3), '-i', `file:${path}`],
      ...['-map', '0:v:0', '-frames:v', '1', '-vf', `thumbnail=${FRAMES},scale=${edge},format=yuvj420p`],
      ...['-f', 'image2pipe', '-c:v', 'mjpeg', '-q:v', '3', 'pipe:1'],
    ],
    {
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
      maxBuffer: LARGEST,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  return status === 0 && stdout.length > 0 ? Buffer.from(new Uint8Array(stdout)) : undefined
}
