import { spawnSync } from 'node:child_process'
import type { FilePath } from '../../library/paths.ts'
import type { StandIn } from '../../library/rows.ts'
import { memoryOfItsOwn } from '../../runtime/memory-of-its-own.ts'
import type { VideoInfo } from './video-info.ts'

/** Milliseconds for one frame; less than those after which a thread that reads counts as hanging. */
const PATIENCE = 15_000
/** Longest edge of a poster in pixels. */
const LONGEST_EDGE = 1920
/** Frames among which the most typical one is chosen: the first may be black. */
const FRAMES = 12
const LARGEST = 32 * 2 ** 20

/** Whether frames of videos can be decoded here. */
export const hasFfmpeg = (): boolean => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0

/** A frame of a video as JPEG, by ffmpeg where it is installed, or why there is none. Blocks the thread. */
export function posterOf(
  path: FilePath,
  { durationSeconds }: Pick<VideoInfo, 'durationSeconds'>,
): Buffer<ArrayBuffer> | StandIn {
  const start = Math.min(2, (durationSeconds ?? 0) / 10)
  const frame = frameOf(path, start)
  return frame === 'undecodable' && start > 0 ? frameOf(path, 0) : frame
}

function frameOf(path: FilePath, second: number): Buffer<ArrayBuffer> | StandIn {
  // A command line holds text only: a name of other bytes cannot be passed on.
  if (!path.isWellFormed()) return 'undecodable'
  const edge = `'min(${LONGEST_EDGE},iw)':'min(${LONGEST_EDGE},ih)':force_original_aspect_ratio=decrease`
  const { status, stdout, error } = spawnSync(
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
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'no-ffmpeg'
  return status === 0 && stdout.length > 0 ? memoryOfItsOwn(stdout) : 'undecodable'
}
