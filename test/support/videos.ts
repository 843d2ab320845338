/** @file Small videos, made by code. */
import { spawnSync } from 'node:child_process'
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  MkvOutputFormat,
  MovOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny'

export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

const containers = {
  mp4: Mp4OutputFormat,
  mov: MovOutputFormat,
  mkv: MkvOutputFormat,
  webm: WebMOutputFormat,
}

export interface MadeVideo {
  readonly container: keyof typeof containers
  readonly seconds?: number
  readonly width?: number
  readonly height?: number
  readonly rotation?: 0 | 90 | 180 | 270
  /** Tags of QuickTime, such as `com.apple.quicktime.creationdate`. */
  readonly tags?: Record<string, string>
}

/** A video whose header is right and whose frames are rubbish: ten each second. */
export async function makeVideo({
  container,
  seconds = 2,
  width = 320,
  height = 240,
  rotation = 0,
  tags = {},
}: MadeVideo): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format: new containers[container]({ metadataFormat: 'mdta' }), target })
  const source = new EncodedVideoPacketSource('vp9')
  output.addVideoTrack(source, { rotation })
  if (Object.keys(tags).length > 0) output.setMetadataTags({ raw: tags })
  await output.start()
  const decoderConfig = { codec: 'vp09.00.10.08', codedWidth: width, codedHeight: height }
  for (let n = 0; n < seconds * 10; n++)
    await source.add(new EncodedPacket(Buffer.alloc(100, n), 'key', n / 10, 0.1), { decoderConfig })
  await output.finalize()
  return Buffer.from(target.buffer!)
}

/** A video of one colour that plays, by ffmpeg. */
export function filmColour(file: string, colour: string, options: readonly string[] = []): void {
  const { status, stderr } = spawnSync('ffmpeg', [
    ...['-nostdin', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', `color=c=${colour}:s=320x180:d=2:r=10`],
    ...options,
    file,
  ])
  if (status !== 0) throw new Error(`ffmpeg made no video: ${stderr.toString()}`)
}

/** The main header of an AVI file, and nothing else. */
export function makeAvi(frames: number, framesASecond: number, width: number, height: number): Buffer {
  const bytes = Buffer.alloc(88)
  bytes.write('RIFF', 0, 'latin1').toString()
  bytes.writeUInt32LE(80, 4)
  bytes.write('AVI LIST', 8, 'latin1')
  bytes.writeUInt32LE(64, 16)
  bytes.write('hdrlavih', 20, 'latin1')
  bytes.writeUInt32LE(56, 28)
  bytes.writeUInt32LE(1e6 / framesASecond, 32)
  bytes.writeUInt32LE(frames, 48)
  bytes.writeUInt32LE(width, 64)
  bytes.writeUInt32LE(height, 68)
  return bytes
}
