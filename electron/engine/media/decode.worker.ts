/** @file The process that decodes one image that could take too much memory: when the system ends it, nothing else ends. */
import { writeFileSync } from 'node:fs'
import { KindredError } from '../../shared/errors.ts'
import { serveProcess } from '../runtime/threads/rpc.ts'
import { asBuffer } from './as-buffer.ts'
import { decodeForNetwork, decodePhoto, renderImage, renderPixels } from './decode.ts'
import type { ImageSource, IsolatedWork } from './isolated-decoder.ts'
import { readImage } from './read-image.ts'

try {
  // Linux ends first what has the highest score.
  writeFileSync('/proc/self/oom_score_adj', '1000')
} catch {
  // Elsewhere, the system chooses the largest by itself.
}

const api = {
  async decode(source: ImageSource, work: IsolatedWork): Promise<unknown> {
    const bytes = await bytesOf(source)
    if (work.kind === 'photo') return decodePhoto(bytes, work.networkSize)
    if (work.kind === 'network') return decodeForNetwork(bytes, work.networkSize, work.crop)
    if (work.kind === 'pixels') return renderPixels(bytes, work.size)
    return renderImage(bytes, work.size)
  },
}

async function bytesOf(source: ImageSource): Promise<Buffer> {
  if ('bytes' in source) return asBuffer(source.bytes as Uint8Array<ArrayBuffer>)
  const read = await readImage(source.path)
  if (!read || !Buffer.from(read.contentHash).equals(source.contentHash))
    throw new KindredError('file-vanished', 'This file has changed while it was read.')
  return read.bytes
}

export type DecodeWorkerApi = typeof api

serveProcess(api)
