import { readFileSync } from 'node:fs'
import { parse, sep } from 'node:path'
import { isBelow, pathFromBytes, type FilePath } from '../library/paths.ts'

/** Where Linux lists what is mounted; reading it asks none of the drives. */
const MOUNTS = '/proc/self/mounts'

/** Returns the place at which the drive of a path is mounted, without touching the drive itself. */
export function driveOf(path: FilePath, mounts = mountPoints()): string {
  const holding = mounts.filter(
    place => path === place || path.startsWith(place.endsWith(sep) ? place : place + sep),
  )
  const [nearest] = holding.sort((a, b) => b.length - a.length)
  return nearest ?? /^\/Volumes\/[^/]+/.exec(path)?.[0] ?? parse(path).root
}

/** What is mounted at a place. */
export interface Mount {
  readonly place: FilePath
  /** The kind of its file system, as the kernel names it. */
  readonly type: string
}

/** What is mounted where, on Linux; empty where the system has no such list. */
export function mountTable(): Mount[] {
  try {
    const lines = pathFromBytes(readFileSync(MOUNTS)).split('\n')
    // Spaces and the like are written in octal.
    return lines.flatMap(line => {
      const [, place, type = ''] = line.split(' ')
      return place === undefined ? [] : { place: unescaped(place), type }
    })
  } catch {
    return []
  }
}

/** Places at which something is mounted, on Linux; empty where the system has no such list. */
export const mountPoints = (): FilePath[] => mountTable().map(({ place }) => place)

/** File systems on which other machines, or programs behind FUSE, make changes that the kernel does not see. */
const remoteTypes =
  /^(nfs4?|cifs|smb3?|smbfs|ncpfs|afs|9p|vboxsf|prl_fs|virtiofs|davfs|ceph|glusterfs|lustre|fuse|fuse\..*)$/

export const isRemoteType = (type: string): boolean => remoteTypes.test(type)

/** Whether such a file system is mounted at the folder or in it. */
export const isRemote = (folder: FilePath, mounts: readonly Mount[]): boolean =>
  folder.startsWith('\\\\') || mounts.some(({ place, type }) => isRemoteType(type) && isBelow(place, folder))

const unescaped = (place: string): string =>
  place.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
