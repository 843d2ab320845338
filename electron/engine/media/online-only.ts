import type { Stats } from 'node:fs'
import type { FilePath } from '../library/paths.ts'
import { driveOf, isRemoteType, mountTable } from './drive.ts'

/** Bytes of a small file that ext4, btrfs and NTFS may keep beside its name, in no block. */
const LARGEST_INLINE = 4096

/**
 * Whether a cloud drive keeps the file elsewhere and only its name here, so that reading it would fetch it. Such files
 * take no room: the dataless ones of macOS, those with the recall attributes of Windows, neither of which Node shows. Where
 * a program behind FUSE or another machine tells the sizes, no room says nothing. A file that is one hole counts, too.
 */
export function isOnlineOnly(path: FilePath, { size, blocks }: Pick<Stats, 'size' | 'blocks'>): boolean {
  if (blocks !== 0 || size <= LARGEST_INLINE) return false
  const mounts = mountTable()
  const drive = driveOf(
    path,
    mounts.map(({ place }) => place),
  )
  const type = mounts.findLast(({ place }) => place === drive)?.type
  return type === undefined || !isRemoteType(type)
}
