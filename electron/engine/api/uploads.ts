import { randomBytes } from 'node:crypto'
import { KindredError } from '../../shared/errors.ts'
import { decodePhoto } from '../media/decode.ts'

/** External images kept for searching, the newest: enough for a session of dropping and pasting. */
const KEPT = 32

interface Upload {
  readonly bytes: Buffer<ArrayBuffer>
  readonly thumbnail: Buffer
}

/** External images to search by. They live in memory and are never written. */
export class Uploads {
  readonly #uploads = new Map<string, Upload>()
  readonly #networkSize: number

  constructor(networkSize: number) {
    this.#networkSize = networkSize
  }

  /**
   * Keeps an image and returns its token.
   * @throws KindredError when it is no image that can be decoded
   */
  async add(bytes: Buffer<ArrayBuffer>): Promise<string> {
    if (bytes.length === 0) throw new KindredError('empty-file', 'This file is empty.')
    const { thumbnail } = await decodePhoto(bytes, this.#networkSize)
    const token = randomBytes(16).toString('hex')
    this.#uploads.set(token, { bytes, thumbnail })
    for (const oldest of [...this.#uploads.keys()].slice(0, -KEPT)) this.#uploads.delete(oldest)
    return token
  }

  /** @throws KindredError `upload-gone` */
  get(token: string): Upload {
    const upload = this.#uploads.get(token)
    if (!upload) throw new KindredError('upload-gone', 'This image is no longer at hand.')
    return upload
  }
}
