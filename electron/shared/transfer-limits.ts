/** How large what is handed over may be. Client, contract and host take the limits from here, so that they agree. */
import { KindredError } from './errors.ts'

/** Most bytes of one message of a client. The largest call that the contract allows fits. */
export const MESSAGE_BYTES = 24 * 2 ** 20
/** Most bytes of an external image to search by. */
export const UPLOAD_BYTES = 64 * 2 ** 20

export const uploadTooLarge = (): KindredError =>
  new KindredError('file-too-large', `An image to search by may have ${UPLOAD_BYTES / 2 ** 20} MB at most.`, {
    details: { reason: 'file-too-large.upload', bytes: UPLOAD_BYTES },
  })

/** Most bytes of the file of a head. */
export const HEAD_BYTES = 12_000_000
