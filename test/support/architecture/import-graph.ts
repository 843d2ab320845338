import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Where each file or folder leads to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** Source files below the folders of the checkout, as paths from its root. */
export function sourcesBelow(folders: readonly string[]): string[] {
  return folders
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => /\.(ts|svelte)$/.test(name))
        .map(name => `${folder}/${name.split(sep).join('/')}`),
    )
    .sort()
}

/** Static and dynamic imports, re-exports, and workers that are started by their file. */
const specifiers = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g

/** Which source file imports which. */
export function importGraph(files: readonly string[]): Graph {
  const known = new Set(files)
  return new Map(
    files.map(file => {
      const text = readFileSync(join(root, file), 'utf8')
      const targets = Array.from(text.matchAll(specifiers), ([, specifier]) =>
        relative(root, resolve(root, dirname(file), specifier!))
          .split(sep)
          .join('/'),
      )
      return [file, new Set(targets.filter(target => known.has(target)))]
    }),
  )
}

/** The same between folders; what a folder imports of itself is left out. */
export function folderGraph(files: Graph): Graph {
  const folders = new Map<string, Set<string>>()
  for (const [file, targets] of files) {
    const from = dirname(file)
    const edges = folders.get(from) ?? new Set<string>()
    folders.set(from, edges)
    for (const target of targets) if (dirname(target) !== from) edges.add(dirname(target))
  }
  return folders
}

/** A way that leads back to where it began, or undefined where there is none. */
export function findCircle(graph: Graph): string[] | undefined {
  const done = new Set<string>()
  const visit = (node: string, way: readonly string[]): string[] | undefined => {
    const at = way.indexOf(node)
    if (at >= 0) return [...way.slice(at), node]
    if (done.has(node)) return undefined
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...way, node])
      if (circle) return circle
    }
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const circle = visit(node, [])
    if (circle) return circle
  }
  return undefined
}
