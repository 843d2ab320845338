import { lstatSync, readdirSync, readlinkSync, statSync, type Stats } from 'node:fs'
import { basename, relative, sep } from 'node:path'
import picomatch from 'picomatch'
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
import { distinctIdentityOf, identityOf } from './folder-identity.ts'

export type Found =
  | { readonly kind: 'file'; readonly path: FilePath; readonly stamp: FileStamp }
  | { readonly kind: 'failed'; readonly path: FilePath; readonly code: ErrorCode; readonly message: string }
  /** A folder that could not be listed: what is below it is unknown, not gone. */
  | {
      readonly kind: 'unknown-folder'
      readonly path: FilePath
      readonly code: ErrorCode
      readonly message: string
    }

export interface WalkOptions {
  /** Patterns of what is left out, matched against the path below the root and against the name. */
  readonly ignore: readonly string[]
  /** Folders that are never entered, such as the library's own. */
  readonly exclude: readonly FilePath[]
}

const systemFolders = new Set([
  '$RECYCLE.BIN',
  'System Volume Information',
  '@eaDir',
  '#recycle',
  'lost+found',
  '__MACOSX',
])

/** A folder with its real path, by which it is entered once: not every drive tells its folders apart by number. */
interface Folder {
  readonly path: FilePath
  readonly real: FilePath
}

/**
 * Every file below a folder, links followed, each real folder entered once. Hidden and system folders are left out.
 * Linked folders come last, so that a photo is found under its own name first.
 */
export function* walk(root: FilePath, options: WalkOptions): Generator<Found> {
  const isIgnored = ignoring(root, options.ignore)
  const excluded = new Set(options.exclude)
  // So that a second mount of an excluded folder is not entered either.
  const excludedIdentities = new Set(options.exclude.flatMap(folder => distinctIdentityOf(folder) ?? []))
  const entered = new Set(options.exclude.map(folder => canonicalPath(folder)))
  const folders: Folder[] = [{ path: root, real: canonicalPath(root) }]
  const linkedFolders: Folder[] = []

  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop() ?? linkedFolders.shift()) {
    const { path: at, real } = folder
    if (entered.has(real)) continue
    entered.add(real)
    let entries: Entry[]
    try {
      if (excludedIdentities.size > 0 && excludedIdentities.has(identityOf(at) ?? '')) continue
      entries = list(at)
    } catch (error) {
      yield { kind: 'unknown-folder', path: at, ...describeErrno(error, 'folder') }
      continue
    }
    for (const entry of entries) {
      const { name } = entry
      if (name.startsWith('.') || systemFolders.has(name)) continue
      const path = inside(at, name)
      if (excluded.has(path) || isIgnored(path)) continue
      if (entry.isFile()) yield stat(path, lstatSync)
      else if (entry.isDirectory()) folders.push({ path, real: inside(real, name) })
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

/** Returns a test for paths below the root: whether one matches a pattern by its path or by its name. */
function ignoring(root: FilePath, patterns: readonly string[]): (path: FilePath) => boolean {
  if (patterns.length === 0) return () => false
  const matches = picomatch([...patterns], { dot: true })
  return path => matches(relative(root, path).split(sep).join('/')) || matches(basename(path))
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
    const { size, mtimeMs, ctimeMs } = read(fsPath(path))
    return { kind: 'file', path, stamp: { size, modifiedMs: mtimeMs, changedMs: ctimeMs } }
  } catch (error) {
    return { kind: 'failed', path, ...describeErrno(error, 'file') }
  }
}
