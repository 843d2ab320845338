import { isBelow, type FilePath } from '../library/paths.ts'
import { isFolder } from '../media/read-photo.ts'

/**
 * The folders together with those of the library that lie in them: the walk of one may leave out the other, which
 * somebody has chosen all the same.
 */
export async function withRootsInside(
  folders: readonly FilePath[],
  roots: readonly FilePath[],
): Promise<{ readonly folders: FilePath[]; readonly unreachable: FilePath[] }> {
  const inside = roots.filter(
    root => !folders.includes(root) && folders.some(folder => isBelow(root, folder)),
  )
  const found = await Promise.all(inside.map(isFolder))
  return {
    folders: [...folders, ...inside.filter((_, n) => found[n])],
    unreachable: inside.filter((_, n) => !found[n]),
  }
}
