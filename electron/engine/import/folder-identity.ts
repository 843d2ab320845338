import { statSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { fsPath, type FilePath } from '../library/paths.ts'

/**
 * The numbers of device and folder: the same for each path and each mount of one folder. As bigint, because those of
 * NTFS and ReFS have more bits than a double keeps. Undefined where there is no folder.
 * @throws what the file system throws
 */
export function identityOf(folder: FilePath): string | undefined {
  const found = statSync(fsPath(folder), { bigint: true, throwIfNoEntry: false })
  return found && identity(found)
}

/** The same where it tells this folder from others: some network drives give 0 to all folders, or one number. */
export function distinctIdentityOf(folder: FilePath): string | undefined {
  const found = statSync(fsPath(folder), { bigint: true, throwIfNoEntry: false })
  const own = found?.ino === 0n ? undefined : found && identity(found)
  return own === identityOf(join(folder, '..')) ? undefined : own
}

const identity = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`
