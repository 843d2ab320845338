import type { Facets } from '../../electron/shared/contract.ts'
import { compareNames } from '../locales/i18n.ts'

/** A folder of the library that holds photos, or folders with photos. */
export interface FolderNode {
  readonly path: string
  readonly name: string
  /** With those in the folders below. */
  readonly photos: number
  /** 1 for a folder that is inside no other one of the library. */
  readonly level: number
  readonly above: FolderNode | undefined
  /** In the order of their names. */
  readonly children: FolderNode[]
}

/** A folder as a line of the tree: its place among those beside it counts from 1. */
export interface FolderRow {
  readonly node: FolderNode
  readonly place: number
  readonly beside: number
}

/** Returns the last part of a path. */
export const folderName = (path: string): string => path.split(/[/\\]/).findLast(part => part !== '') ?? path

/** Returns all folders by their paths, those above before those below. */
export function folderNodes(folders: Facets['folders']): ReadonlyMap<string, FolderNode> {
  const nodes = new Map<string, FolderNode>()
  for (const { path, photos } of folders.toSorted((a, b) => a.path.length - b.path.length)) {
    const above = nodes.get(pathAbove(path))
    const level = (above?.level ?? 0) + 1
    const node = { path, name: folderName(path), photos, level, above, children: [] }
    nodes.set(path, node)
    above?.children.push(node)
  }
  for (const { children } of nodes.values()) children.sort(byName)
  return nodes
}

/** Returns the lines of a tree in which some folders are open: only what can be seen is walked through. */
export function rowsOf(
  nodes: ReadonlyMap<string, FolderNode>,
  isOpen: (path: string) => boolean,
): readonly FolderRow[] {
  const rows: FolderRow[] = []
  const add = (siblings: readonly FolderNode[]): void => {
    for (const [index, node] of siblings.entries()) {
      rows.push({ node, place: index + 1, beside: siblings.length })
      if (isOpen(node.path)) add(node.children)
    }
  }
  add(outermost(nodes))
  return rows
}

/** Returns the folders that are inside no other one, in the order of their names. */
export const outermost = (nodes: ReadonlyMap<string, FolderNode>): FolderNode[] =>
  [...nodes.values()].filter(({ above }) => above === undefined).sort(byName)

/** Whether the path is one of the folders or lies below it. */
export const isWithin = (path: string, folders: readonly string[]): boolean =>
  folders.some(folder => {
    // The root of a drive ends with a separator itself.
    const border = path.slice(folder.length - 1, folder.length + 1)
    return path === folder || (path.startsWith(folder) && /[\\/]/.test(border))
  })

const byName = (a: FolderNode, b: FolderNode): number => compareNames(a.name, b.name)

/** The folder that a folder lies in; the root of a drive keeps its separator. */
function pathAbove(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  const above = path.slice(0, Math.max(0, end))
  return above === '' || above.endsWith(':') ? path.slice(0, end + 1) : above
}
