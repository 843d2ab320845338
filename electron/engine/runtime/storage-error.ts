import { asDiskError, KindredError } from '../../shared/errors.ts'

/** Turns an error of the file system while the library was written into a code and a sentence. */
export function asStorageError(error: unknown, what: string): KindredError {
  if (error instanceof KindredError) return error
  const ofTheDisk = asDiskError(error)
  if (ofTheDisk) return ofTheDisk
  const { code = '' } = error as NodeJS.ErrnoException
  return new KindredError('library-unwritable', `${what} cannot be written (${code}).`, { cause: error })
}
