/** All error codes. The engine sends no other codes to a host; each host says in its own words what to do next. */
export const errorCodes = [
  // a file that cannot become a photo
  'empty-file',
  'not-an-image',
  'video-unseen',
  'no-regions',
  'unsupported-format',
  'truncated-image',
  'damaged-image',
  'too-many-pixels',
  'too-many-frames',
  'file-too-large',
  'decode-timeout',
  'decode-crashed',
  'too-little-memory',
  'permission-denied',
  'broken-link',
  'link-loop',
  'file-vanished',
  'online-only',
  'unreadable-file',
  'not-a-file',
  'drive-stalled',
  // the request
  'folder-not-found',
  'not-a-folder',
  'library-folder',
  'photo-not-found',
  'head-not-found',
  'album-not-found',
  'album-exists',
  'change-not-latest',
  'change-gone',
  'no-albums',
  'training-running',
  'file-unwritable',
  'network-invalid',
  'not-a-model',
  'network-lost',
  'head-invalid',
  'samples-missing',
  'library-empty',
  'no-classes',
  'bad-argument',
  // the library and the machine
  'library-in-use',
  'library-newer',
  'library-damaged',
  'library-unwritable',
  'disk-full',
  'disk-failing',
  'model-invalid',
  'runtime-failed',
  'worker-gone',
  'engine-gone',
  'page-missing',
  'link-refused',
  'upload-gone',
  'job-not-found',
  'cancelled',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Where a code has several sentences, or one with values: which it is. The values stand beside it in the details. */
export const errorReasons = [
  'album-exists.named',
  'bad-argument.album-unnamed',
  'bad-argument.album-name-long',
  'change-gone.undone',
  'change-gone.redone',
  'disk-full.share',
  'drive-stalled.of',
  'engine-gone.upload',
  'file-too-large.upload',
  'folder-not-found.named',
  'folder-not-found.none',
  'head-invalid.bundled',
  'head-invalid.other-network',
  'head-not-found.no-report',
  'internal.because',
  'internal.upload',
  'library-folder.this',
  'library-folder.another',
  'library-folder.within',
  'no-albums.lacking',
  'no-classes.in',
  'not-a-folder.named',
  'not-a-model.too-large',
  'permission-denied.folder',
] as const satisfies readonly `${ErrorCode}.${string}`[]

export type ErrorReason = (typeof errorReasons)[number]

export interface ErrorDetails {
  readonly reason: ErrorReason
  readonly [value: string]: string | number
}

/** An error as it crosses to another thread, process or page. */
export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: ErrorDetails | undefined
}

/**
 * An error with a code and a sentence for logs and the command line; the window makes its own of the code and the details.
 * What to do next follows from the code and the host.
 */
export class KindredError extends Error {
  override readonly name = 'KindredError'
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: ErrorDetails | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
  }
}

export const toPlainError = ({ code, message, details }: KindredError): PlainError => ({
  code,
  message,
  ...(details && { details }),
})

export const fromPlainError = ({ code, message, details }: PlainError): KindredError =>
  new KindredError(code, message, { details })

/** The stack that leads to the fault is that of the cause. */
function becauseOf(cause: unknown, code: ErrorCode, message: string, details?: ErrorDetails): KindredError {
  const error = new KindredError(code, message, { cause, details })
  if (cause instanceof Error && cause.stack) error.stack = cause.stack
  return error
}

/** What the operating system (errno 3) and SQLite report about a disk, by their codes, with what that means. */
const diskErrors: Readonly<Record<string, readonly [ErrorCode, string, ErrorDetails?]>> = {
  ENOSPC: ['disk-full', 'The disk is full.'],
  EDQUOT: ['disk-full', 'Your share of the disk is used up.', { reason: 'disk-full.share' }],
  EROFS: ['library-unwritable', 'The disk can only be read: it takes no changes.'],
  EIO: ['disk-failing', 'The disk reported an error.'],
  SQLITE_FULL: ['disk-full', 'The disk is full.'],
  // The file that connections share cannot grow: https://sqlite.org/rescode.html#ioerr_shmsize
  SQLITE_IOERR_SHMSIZE: ['disk-full', 'The disk is full.'],
}

/** The error as one of the disk; undefined if it is none. Errors of native code have a message only. */
export function asDiskError(error: unknown): KindredError | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '' } = error as { code?: unknown }
  const known = typeof code === 'string' && Object.hasOwn(diskErrors, code) ? diskErrors[code] : undefined
  const meaning = known ?? (/no space left/i.test(error.message) ? diskErrors.ENOSPC : undefined)
  return meaning && becauseOf(error, ...meaning)
}

/** The error as a KindredError: itself, an abort as `cancelled`, one of the disk, anything unforeseen as `internal`. */
export function asKindredError(error: unknown): KindredError {
  if (error instanceof KindredError) return error
  if (error instanceof Error && error.name === 'AbortError') return becauseOf(error, 'cancelled', 'Stopped.')
  const ofTheDisk = asDiskError(error)
  if (ofTheDisk) return ofTheDisk
  const reason = error instanceof Error ? error.message : String(error)
  return becauseOf(error, 'internal', `Something unforeseen went wrong: ${reason}`, {
    reason: 'internal.because',
    because: reason,
  })
}
