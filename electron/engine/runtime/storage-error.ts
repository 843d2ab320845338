import { KindredError } from '../../shared/errors.ts'

/** What the file system answered when the library was written, as a code and a sentence. */
export function asStorageError(error: unknown, what: string): KindredError {
  const { code = '', message } = error as NodeJS.ErrnoException
  // Native code has words only.
  if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left/i.test(message))
    return new KindredError('disk-full', 'The disk is full.', { cause: error })
  return new KindredError('library-unwritable', `${what} cannot be written (${code}).`, { cause: error })
}
