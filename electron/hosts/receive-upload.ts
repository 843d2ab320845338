import type { IncomingMessage } from 'node:http'
import type { EngineServer } from '../engine/api/engine-server.ts'
import { WeightedSemaphore } from '../engine/runtime/jobs/weighted-semaphore.ts'
import { asKindredError, toPlainError } from '../shared/errors.ts'
import { UPLOAD_BYTES, uploadTooLarge } from '../shared/transfer-limits.ts'

/** Bytes of uploads in memory while they are received and decoded: two of the largest at once, the others wait. */
const room = new WeightedSemaphore(2 * UPLOAD_BYTES)

export interface UploadReply {
  readonly status: 200 | 413 | 422
  /** JSON: `{ token }`, or a PlainError. */
  readonly body: string
}

/** Receives an external image. What is too large is refused with words, never by cutting the connection. */
export async function receiveUpload(service: EngineServer, request: IncomingMessage): Promise<UploadReply> {
  const announced = Number(request.headers['content-length'] ?? UPLOAD_BYTES)
  if (announced > UPLOAD_BYTES) return refused(uploadTooLarge(), 413)
  return room.run(announced, async () => {
    const bytes = await read(request)
    if (!bytes) return refused(uploadTooLarge(), 413)
    try {
      return { status: 200, body: JSON.stringify({ token: await service.upload(bytes) }) }
    } catch (error) {
      return refused(error, 422)
    }
  })
}

/** The body of a request; undefined when it is too large. The host reads the rest without keeping it. */
async function read(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length
    if (size > UPLOAD_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function refused(error: unknown, status: 413 | 422): UploadReply {
  return { status, body: JSON.stringify(toPlainError(asKindredError(error))) }
}
