import { KindredError } from '../../shared/errors.ts'

/** Turns an error of the file system while the library was written into a code and a sentence. */
export function asStorageError(error: unknown, what: string): KindredError {
  const { code = '', message } = error as NodeJS.ErrnoException
  // Errors of native code have a message only.
  if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left/i.test(message))
    return new KindredError('disk-full', 'The disk is full.', { cause: error })
  return new KindredError('library-unwritable', `${what} cannot be written (${code}).`, { cause: error })
}
