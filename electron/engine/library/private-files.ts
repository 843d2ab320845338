/** @file A library belongs to one user: nobody else on the machine can list or read it. POSIX only. */
import { chmodSync, lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs'
import { chmod, lstat, opendir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import type { LibraryLayout } from './layout.ts'

const isPosix = process.getuid !== undefined
/** The rights of the group and of everybody else. */
const OTHERS = 0o077

/** What this process makes from now on is for its user alone, whichever thread or native code makes it. */
export function makeFilesPrivate(): void {
  if (isPosix && isMainThread) process.umask(OTHERS)
}

/**
 * Takes everybody else's rights from the folder of a library of an earlier Kindred and from the files in it, at once:
 * then nobody can reach what lies below. A folder that holds other things, too, keeps its rights.
 */
export function tightenLibrary(layout: LibraryLayout): void {
  if (!isPosix) return
  const entries = readdirSync(layout.folder)
  const own = entries.filter(name => isOwn(layout, name))
  const isShared = entries.some(name => !own.includes(name) && !name.startsWith('.'))
  if (!isShared) tighten(layout.folder)
  for (const name of own) {
    const path = join(layout.folder, name)
    if (lstatSync(path).isFile()) tighten(path)
  }
}

/**
 * The same for all that lies in the folders of a library, where that may take long. A folder comes after what is in it,
 * so that one without others' rights has been done.
 * @param signal stops it; the next time it goes on
 */
export async function tightenFolders(layout: LibraryLayout, signal: AbortSignal): Promise<void> {
  if (!isPosix || isLoose(lstatSync(join(layout.folder, LOCK)))) return
  for (const name of readdirSync(layout.folder))
    if (isOwn(layout, name)) await tightenBelow(join(layout.folder, name), signal)
}

/** The file of the lock. On a file system without permissions not even it becomes private. */
const LOCK = 'lock.db'

/** Whether a name in the library's folder is that of one of its parts, or made from one, such as `catalog.db-wal`. */
function isOwn({ folder, ...parts }: LibraryLayout, name: string): boolean {
  const own = [LOCK, 'samples', ...Object.values(parts).map(path => relative(folder, path))]
  return own.some(part => name.startsWith(part))
}

/** Whether others have rights on what is this user's own. */
const isLoose = ({ mode, uid }: Stats): boolean => (mode & OTHERS) !== 0 && uid === process.getuid?.()
const tightened = ({ mode }: Stats): number => mode & 0o7777 & ~OTHERS

function tighten(path: string): void {
  try {
    const stats = lstatSync(path)
    if (isLoose(stats)) chmodSync(path, tightened(stats))
  } catch {
    // A file system that keeps no permissions is no reason to refuse the library.
  }
}

async function tightenBelow(folder: string, signal: AbortSignal): Promise<void> {
  const stats = await unlessGone(lstat(folder))
  if (!stats?.isDirectory() || !isLoose(stats)) return
  for await (const entry of await opendir(folder)) {
    await tightenEntry(join(folder, entry.name), entry, signal)
    if (signal.aborted) return
  }
  await chmod(folder, tightened(stats))
}

async function tightenEntry(path: string, entry: Dirent, signal: AbortSignal): Promise<void> {
  if (entry.isDirectory()) return tightenBelow(path, signal)
  const stats = entry.isFile() ? await unlessGone(lstat(path)) : undefined
  if (stats && isLoose(stats)) await unlessGone(chmod(path, tightened(stats)))
}

/** Unfinished files come and go meanwhile. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
