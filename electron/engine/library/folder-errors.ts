/** @file What may be wrong with a folder that somebody has named. */
import { KindredError } from '../../shared/errors.ts'

/** @param path as it is shown */
export const folderNotFound = (path: string, cause?: unknown): KindredError =>
  new KindredError('folder-not-found', `The folder ${path} does not exist.`, {
    cause,
    details: { reason: 'folder-not-found.named', path },
  })

/** @param path as it is shown */
export const notAFolder = (path: string, cause?: unknown): KindredError =>
  new KindredError('not-a-folder', `${path} is a file, not a folder.`, {
    cause,
    details: { reason: 'not-a-folder.named', path },
  })
