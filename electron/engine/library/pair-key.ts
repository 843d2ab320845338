import { createHash } from 'node:crypto'
import { basename, dirname, extname } from 'node:path'
import { pathToBytes, type FilePath } from './paths.ts'

/** The edited version of `IMG_1234` is `IMG_E1234` on Apple's devices. */
const edited = /^img_e(?=\d{4,}$)/

/**
 * The name that a file has in common with those that may belong to it: without its ending, in small letters, and without
 * Apple's mark of edited versions.
 */
export const commonStem = (path: FilePath): string => stemOf(path).replace(edited, 'img_')

/** Whether the name is that of an edited version. */
export const isNamedEdited = (path: FilePath): boolean => edited.test(stemOf(path))

/** A number that files of one folder and common stem share: 48 bits of a hash, so others may share it by chance. */
export function pairKey(path: FilePath): number {
  const hash = createHash('sha1').update(pathToBytes(`${dirname(path)}\0${commonStem(path)}`))
  return hash.digest().readUIntBE(0, 6)
}

function stemOf(path: FilePath): string {
  const name = basename(path)
  return name
    .slice(0, name.length - extname(name).length)
    .toLowerCase()
    .normalize('NFC')
}
