import { lstatSync, readdirSync, readlinkSync, statSync, type Stats } from 'node:fs'
import { basename, relative, sep } from 'node:path'
import picomatch from 'picomatch'
import type { LeftOutReason } from '../../shared/contract.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import {
  describeErrno,
  fsPath,
  isBelow,
  pathFromBytes,
  UNDECODABLE,
  type FilePath,
} from '../library/paths.ts'
import { canonicalPath } from '../library/real-path.ts'
import type { FileStamp } from '../library/rows.ts'
import { isOnlineOnly } from '../media/online-only.ts'
import { distinctIdentityOf, identityOf } from './folder-identity.ts'
import { FolderContents } from './not-photos.ts'

export interface FoundFile {
  readonly path: FilePath
  readonly stamp: FileStamp
  /** Nothing but its name is on this computer: it is not opened. */
  readonly isOnlineOnly: boolean
}

export type Found =
  | ({ readonly kind: 'file' } & FoundFile)
  | { readonly kind: 'failed'; readonly path: FilePath; readonly code: ErrorCode; readonly message: string }
  /** A folder that could not be listed: what is below it is unknown, not gone. */
  | {
      readonly kind: 'unknown-folder'
      readonly path: FilePath
      readonly code: ErrorCode
      readonly message: string
    }
  /** A file, or a folder with all below it, that is no photo of the person or is not wanted. */
  | {
      readonly kind: 'left-out'
      readonly path: FilePath
      readonly reason: LeftOutReason
      readonly isFolder: boolean
    }

export interface WalkOptions {
  /** Patterns of what is left out, matched against the path below the root and against the name. */
  readonly ignore: readonly string[]
  /** The same for what lies below single folders, matched against the path below that folder. */
  readonly ignoreIn?: Readonly<Record<FilePath, readonly string[]>>
  /** Whether folders are taken that ask by a file `.nomedia` to be left out. */
  readonly takesNoMedia?: boolean
  /** Folders that are never entered, such as the library's own. */
  readonly exclude: readonly FilePath[]
  /** Whether somebody has chosen the folder that the walk begins with, so that no rule leaves it out; true by default. */
  readonly isChosen?: boolean
  /** Whether a folder inside is entered; all are by default. */
  readonly enters?: (folder: FilePath) => boolean
  /** Called with each folder before it is listed. */
  readonly onFolder?: (folder: FilePath, real: FilePath) => void
}

/** A folder with its real path, by which it is entered once: not every drive tells its folders apart by number. */
interface Folder {
  readonly path: FilePath
  readonly real: FilePath
}

/**
 * Every file below a folder, links followed, each real folder entered once. What is no photo of the person
 * (not-photos.ts) is left out, but never the root itself: somebody has chosen it. Linked folders come last, so that a
 * photo is found under its own name first.
 * @param entered real paths of folders that were entered already, to which this walk adds its own
 */
export function* walk(root: FilePath, options: WalkOptions, entered = new Set<FilePath>()): Generator<Found> {
  const isIgnored = ignoring({ ...options.ignoreIn }, root, options.ignore)
  const { isChosen = true, takesNoMedia = false } = options
  const rules = { takesNoMedia }
  const excluded = new Set(options.exclude)
  // So that a second mount of an excluded folder is not entered either.
  const excludedIdentities = new Set(options.exclude.flatMap(folder => distinctIdentityOf(folder) ?? []))
  const excludedPaths = new Set(options.exclude.map(folder => canonicalPath(folder)))
  const folders: Folder[] = [{ path: root, real: canonicalPath(root) }]
  const linkedFolders: Folder[] = []

  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop() ?? linkedFolders.shift()) {
    const { path: at, real } = folder
    if (at !== root && options.enters?.(at) === false) continue
    if (entered.has(real)) continue
    const isOwn = excludedPaths.has(real)
    let entries: Entry[]
    try {
      if (isOwn || (excludedIdentities.size > 0 && excludedIdentities.has(identityOf(at) ?? ''))) {
        yield { kind: 'left-out', path: at, reason: 'kindred-library', isFolder: true }
        continue
      }
      entered.add(real)
      options.onFolder?.(at, real)
      entries = list(at)
    } catch (error) {
      yield { kind: 'unknown-folder', path: at, ...describeErrno(error, 'folder') }
      continue
    }
    const contents = new FolderContents(
      basename(at),
      entries.map(({ name }) => name),
    )
    const reason = at === root && isChosen ? undefined : contents.reasonForItself(rules)
    if (reason) {
      yield { kind: 'left-out', path: at, reason, isFolder: true }
      continue
    }
    for (const entry of entries) {
      const { name } = entry
      const path = inside(at, name)
      const isFolder = entry.isDirectory()
      const reason = excluded.has(path)
        ? 'kindred-library'
        : (contents.reasonFor(name, isFolder || entry.isSymbolicLink()) ??
          (isIgnored(path) ? 'ignored' : undefined))
      if (reason) yield { kind: 'left-out', path, reason, isFolder }
      else if (entry.isFile()) yield stat(path, lstatSync)
      else if (isFolder) folders.push({ path, real: inside(real, name) })
      else if (entry.isSymbolicLink()) yield* follow(path, real, linkedFolders)
    }
  }
}

const inside = (folder: FilePath, name: string): FilePath =>
  folder.endsWith(sep) ? folder + name : folder + sep + name

interface Entry {
  readonly name: string
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

/** The entries of a folder, the last name first. Names are read as text, twice as fast as bytes, unless one is none. */
function list(folder: FilePath): Entry[] {
  const entries: Entry[] = readdirSync(fsPath(folder), { withFileTypes: true })
  if (!entries.some(({ name }) => name.includes(UNDECODABLE))) return entries.sort(byNameBackwards)
  const exact = readdirSync(fsPath(folder), { withFileTypes: true, encoding: 'buffer' }).map(entry => ({
    name: pathFromBytes(entry.name),
    isFile: () => entry.isFile(),
    isDirectory: () => entry.isDirectory(),
    isSymbolicLink: () => entry.isSymbolicLink(),
  }))
  return exact.sort(byNameBackwards)
}

const byNameBackwards = (a: Entry, b: Entry): number => (a.name < b.name ? 1 : -1)

/** Returns a test for paths: whether one matches a pattern by its path below the pattern's folder, or by its name. */
function ignoring(
  ignoreIn: Readonly<Record<FilePath, readonly string[]>>,
  root: FilePath,
  patterns: readonly string[],
): (path: FilePath) => boolean {
  const tests = [...Object.entries(ignoreIn), [root, patterns] as const].flatMap(([folder, patterns]) => {
    if (patterns.length === 0) return []
    const matches = picomatch([...patterns], { dot: true })
    return (path: FilePath): boolean =>
      isBelow(path, folder) &&
      (matches(relative(folder, path).split(sep).join('/')) || matches(basename(path)))
  })
  return path => tests.some(test => test(path))
}

/** @param folder the real path of the folder that holds the link */
function* follow(path: FilePath, folder: FilePath, linkedFolders: Folder[]): Generator<Found> {
  let target: Stats
  try {
    target = statSync(fsPath(path))
  } catch (error) {
    yield { kind: 'failed', path, ...describeErrno(error, 'link') }
    return
  }
  if (target.isFile()) yield stat(path, statSync)
  if (!target.isDirectory()) return
  const real = canonicalPath(path)
  if (isBelow(folder, real)) {
    const to = pathFromBytes(readlinkSync(fsPath(path), 'buffer'))
    yield {
      kind: 'failed',
      path,
      code: 'link-loop',
      message: `This link leads to a folder that contains it (${to}).`,
    }
  } else linkedFolders.push({ path, real })
}

function stat(path: FilePath, read: typeof lstatSync): Found {
  try {
    return { kind: 'file', ...foundFile(path, read(fsPath(path))) }
  } catch (error) {
    return { kind: 'failed', path, ...describeErrno(error, 'file') }
  }
}

/** The file at a path, links followed; undefined where there is none or it cannot be reached. */
export function fileAt(path: FilePath): FoundFile | undefined {
  try {
    const found = statSync(fsPath(path))
    return found.isFile() ? foundFile(path, found) : undefined
  } catch {
    return undefined
  }
}

function foundFile(path: FilePath, stats: Stats): FoundFile {
  const { size, mtimeMs, ctimeMs } = stats
  const stamp = { size, modifiedMs: mtimeMs, changedMs: ctimeMs }
  return { path, stamp, isOnlineOnly: isOnlineOnly(path, stats) }
}
