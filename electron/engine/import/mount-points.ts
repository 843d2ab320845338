/** @file Drives that come and go: where they were seen, and which of them are not there now. May block its thread. */
import { readdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fsPath, isBelow, type FilePath } from '../library/paths.ts'
import { mountPoints } from '../media/drive.ts'

/** Places at which drives are mounted, at or below these folders. */
export function mountPointsIn(folders: readonly FilePath[], mounts = mountPoints()): FilePath[] {
  // Systems without such a list are asked for each folder.
  if (mounts.length === 0) return folders.filter(hasOwnDevice)
  return mounts.filter(place => folders.some(folder => isBelow(place, folder)))
}

/**
 * Those of the places at which a drive was mounted and is not now. Such a folder is empty, or gone; one with contents is
 * an ordinary folder by now.
 */
export function absentDrives(known: readonly FilePath[], mounts = mountPoints()): FilePath[] {
  const isMounted = (place: FilePath): boolean =>
    mounts.length === 0 ? hasOwnDevice(place) : mounts.includes(place)
  return known.filter(place => !isMounted(place) && isEmpty(place))
}

function hasOwnDevice(folder: FilePath): boolean {
  try {
    return statSync(fsPath(folder)).dev !== statSync(fsPath(dirname(folder))).dev
  } catch {
    return false
  }
}

function isEmpty(folder: FilePath): boolean {
  try {
    return readdirSync(fsPath(folder)).length === 0
  } catch {
    return true
  }
}
