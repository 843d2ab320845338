/** @file One spelling for each folder: links, case, composed letters and prefixes make no second folder of it. */
import { realpathSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { fsPath, pathFromBytes, UNDECODABLE, type FilePath } from './paths.ts'

/** What spelling a path depends on; only tests give another than this machine's. */
export interface PathSystem {
  readonly platform: NodeJS.Platform
  /** The path as the file system spells it, links followed. Throws where there is none or it cannot tell. */
  readonly realPath: (path: FilePath) => FilePath
}

const thisSystem: PathSystem = { platform: process.platform, realPath: realPathHere }

function realPathHere(path: FilePath): FilePath {
  try {
    // The native call also corrects the case, and the form of composed letters on a Mac.
    const real = path.isWellFormed() ? realpathSync.native(path) : UNDECODABLE
    return real.includes(UNDECODABLE) ? pathFromBytes(realpathSync.native(fsPath(path), 'buffer')) : real
  } catch {
    // RAM disks and some network drives of Windows know no final path; the other call follows links by itself.
    return pathFromBytes(realpathSync(fsPath(path), 'buffer'))
  }
}

/** The real, canonical path; the absolute path as it is spelled where the file system does not tell. */
export const canonicalPath = (path: FilePath, system: PathSystem = thisSystem): FilePath =>
  lookUp(path, system).path

/**
 * The path in the spelling under which the library has its files: that of the folder of the library that it is or lies
 * in, whatever links, case or prefix it was given with; otherwise its canonical path.
 * @param roots the folders of the library, as they are spelled in the catalog
 */
export function librarySpelling(
  path: FilePath,
  roots: readonly FilePath[],
  system: PathSystem = thisSystem,
): FilePath {
  const syntax = syntaxOf(system)
  const given = syntax.resolve(path)
  if (roots.includes(given)) return given
  const wanted = lookUp(path, system)
  const holding = roots
    .map(root => ({ root, key: lookUp(root, system).key }))
    .filter(({ key }) => lies(wanted.key, key, system))
    .sort((a, b) => b.key.length - a.key.length)
  const [nearest] = holding
  if (nearest) return syntax.join(nearest.root, ...partsBelow(wanted, nearest.key, system))
  // By way of a link that leads out of a folder of the library: there its files have this path.
  return roots.some(root => lies(given, root, system)) ? given : wanted.path
}

/**
 * The folders of the library that lie in this one, but are spelled otherwise than a walk of it would spell them: each
 * with the spelling of the walk.
 */
export function spelledOtherwise(
  folder: FilePath,
  roots: readonly FilePath[],
  system: PathSystem = thisSystem,
): { readonly from: FilePath; readonly to: FilePath }[] {
  const { key } = lookUp(folder, system)
  return roots.flatMap(from => {
    if (lies(from, folder, system)) return []
    const root = lookUp(from, system)
    if (!lies(root.key, key, system)) return []
    return [{ from, to: syntaxOf(system).join(folder, ...partsBelow(root, key, system)) }]
  })
}

interface Looked {
  readonly path: FilePath
  /** The same for all spellings of one folder. */
  readonly key: string
}

function lookUp(path: FilePath, system: PathSystem): Looked {
  const { platform } = system
  const absolute = withoutPrefix(syntaxOf(system).resolve(path), platform)
  try {
    const real = withoutPrefix(system.realPath(absolute), platform)
    return { path: real, key: composed(real, platform) }
  } catch {
    const key = composed(absolute, platform)
    return { path: absolute, key: platform === 'win32' || platform === 'darwin' ? key.toLowerCase() : key }
  }
}

/** On a Mac names that differ in their form only are the same; elsewhere they are two files. */
const composed = (path: FilePath, platform: NodeJS.Platform): string =>
  platform === 'darwin' ? path.normalize('NFC') : path

/** `\\?\C:\Photos` is `C:\Photos`, and `\\?\UNC\server\share` is `\\server\share`. */
function withoutPrefix(path: FilePath, platform: NodeJS.Platform): FilePath {
  if (platform !== 'win32') return path
  if (/^\\\\\?\\UNC\\/i.test(path)) return `\\\\${path.slice(8)}`
  return /^\\\\\?\\[a-z]:\\/i.test(path) ? path.slice(4) : path
}

const syntaxOf = ({ platform }: PathSystem): typeof posix => (platform === 'win32' ? win32 : posix)

function lies(path: string, folder: string, system: PathSystem): boolean {
  const { sep } = syntaxOf(system)
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** The names that lead from the folder with this key down to the path, as the file system spells them. */
function partsBelow({ path, key }: Looked, folder: string, system: PathSystem): string[] {
  const { sep } = syntaxOf(system)
  const depth = key.slice(folder.length).split(sep).filter(Boolean).length
  return depth === 0 ? [] : path.split(sep).filter(Boolean).slice(-depth)
}
