import { randomBytes } from 'node:crypto'
import { KindredError } from '../../shared/errors.ts'
import { decodePhoto } from '../media/careful-decode.ts'

/** What external images may take of the memory. */
export interface UploadLimits {
  readonly count: number
  /** Of their files together. */
  readonly bytes: number
  /** Milliseconds for which one is kept after it was last searched by or shown. */
  readonly unused: number
}

/** Enough for a session of dropping and pasting. */
const usual: UploadLimits = { count: 32, bytes: 128 * 2 ** 20, unused: 30 * 60_000 }
/** Milliseconds from one look for unused ones to the next. */
const LOOK_EVERY = 60_000

interface Upload {
  readonly bytes: Buffer<ArrayBuffer>
  readonly thumbnail: Buffer
}

/** External images to search by. They live in memory and are never written; those unused for longest go first. */
export class Uploads {
  /** The one unused for longest first. */
  readonly #uploads = new Map<string, Upload & { readonly usedAt: number }>()
  readonly #networkSize: number
  readonly #limits: UploadLimits
  readonly #now: () => number
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(networkSize: number, limits: UploadLimits = usual, now: () => number = Date.now) {
    this.#networkSize = networkSize
    this.#limits = limits
    this.#now = now
  }

  /**
   * Keeps an image and returns its token.
   * @throws KindredError when it is no image that can be decoded
   */
  async add(bytes: Buffer<ArrayBuffer>): Promise<string> {
    if (bytes.length === 0) throw new KindredError('empty-file', 'This file is empty.')
    const { thumbnail } = await decodePhoto(bytes, this.#networkSize)
    const token = randomBytes(16).toString('hex')
    this.#uploads.set(token, { bytes, thumbnail, usedAt: this.#now() })
    this.#bytes += bytes.length
    this.#dropMost()
    this.#timer ??= setInterval(() => this.#dropUnused(), LOOK_EVERY).unref()
    return token
  }

  /** @throws KindredError `upload-gone` */
  get(token: string): Upload {
    this.#dropUnused()
    const upload = this.#uploads.get(token)
    if (!upload) throw new KindredError('upload-gone', 'This image is no longer at hand.')
    this.#uploads.delete(token)
    this.#uploads.set(token, { ...upload, usedAt: this.#now() })
    return upload
  }

  close(): void {
    clearInterval(this.#timer)
    this.#uploads.clear()
  }

  /** The newest stays, however large it is. */
  #dropMost(): void {
    const { count, bytes } = this.#limits
    for (const token of this.#uploads.keys()) {
      if (this.#uploads.size === 1 || (this.#uploads.size <= count && this.#bytes <= bytes)) return
      this.#drop(token)
    }
  }

  #dropUnused(): void {
    const before = this.#now() - this.#limits.unused
    for (const [token, { usedAt }] of this.#uploads) if (usedAt < before) this.#drop(token)
  }

  #drop(token: string): void {
    this.#bytes -= this.#uploads.get(token)?.bytes.length ?? 0
    this.#uploads.delete(token)
  }
}
