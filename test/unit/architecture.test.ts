import { ESLint } from 'eslint'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { engineRooms, foldersWithin } from '../../eslint.rooms.js'
import {
  findCircle,
  folderGraph,
  importGraph,
  root,
  sourcesBelow,
} from '../support/architecture/import-graph.ts'

const sources = sourcesBelow(['electron', 'renderer', 'native', 'samples'])
const graph = importGraph(sources)

/** The lines that a file of the product may have; the contract is one list, and native code is not TypeScript. */
const LONGEST = 350
const mayBeLonger = ['electron/shared/contract.ts']

/** Lints a source file as if it had one more import. */
async function lintWith(file: string, specifier: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd: root,
    ruleFilter: ({ ruleId }) => ruleId.endsWith('no-restricted-imports'),
  })
  const text = `import '${specifier}'\n${readFileSync(join(root, file), 'utf8')}`
  const [result] = await eslint.lintText(text, { filePath: join(root, file) })
  return result!.messages.map(({ message }) => message)
}

/** Rank of a file's room, the composition root above all; undefined outside of the engine. */
function rankOf(file: string): number | undefined {
  if (file === 'electron/engine/engine.ts') return -1
  const [, , , room] = /^(electron)\/(engine)\/([^/]+)\//.exec(file) ?? []
  return room === undefined ? undefined : engineRooms.indexOf(room)
}

describe('architecture: imports', () => {
  test('a circle is found where there is one', () => {
    const edges = (entries: Record<string, string[]>) =>
      new Map(Object.entries(entries).map(([from, to]) => [from, new Set(to)]))
    expect(findCircle(edges({ a: ['b', 'c'], b: ['c'], c: [] }))).toBeUndefined()
    expect(findCircle(edges({ a: ['b'], b: ['c'], c: ['d'], d: ['b'] }))).toEqual(['b', 'c', 'd', 'b'])
  })

  test('the graph sees static, dynamic and type imports', () => {
    const from = (file: string): string[] => [...(graph.get(file) ?? [])]
    expect(from('electron/engine/engine.ts')).toContain('electron/engine/library/layout.ts')
    expect(from('electron/hosts/session.ts')).toContain('electron/engine/engine.ts')
    expect(from('renderer/App.svelte')).toContain('renderer/components/TopBar.svelte')
  })

  test('no folder imports one that imports it', () => {
    expect(findCircle(folderGraph(graph))).toBeUndefined()
  })

  test('rooms of the engine import only downward', () => {
    const upward = [...graph].flatMap(([file, targets]) =>
      [...targets].filter(target => {
        const [from, to] = [rankOf(file), rankOf(target)]
        return from !== undefined && to !== undefined && to < from
      }),
    )
    expect(upward).toEqual([])
  })

  test('every folder of the engine is a room, or a folder of one that lint knows', () => {
    const folders = [...folderGraph(graph).keys()].filter(folder => folder.startsWith('electron/engine/'))
    for (const folder of folders) {
      const [room, within] = folder.slice('electron/engine/'.length).split('/')
      expect(engineRooms).toContain(room)
      if (within) expect(foldersWithin[room!]).toContain(within)
    }
  })
})

describe('architecture: lint', () => {
  test.each([
    ['electron/engine/runtime/machine.ts', '../library/paths.ts'],
    ['electron/engine/library/catalog/catalog.ts', '../../learning/labels/folds.ts'],
    ['electron/engine/library/paths.ts', './catalog/catalog.ts'],
    ['electron/engine/vision/backbones.ts', '../retrieval/similar.ts'],
    ['electron/engine/vision/network/preprocess.ts', '../backbones.ts'],
    ['electron/engine/vision/network/preprocess.ts', '../runtimes/runtimes.ts'],
    ['electron/engine/retrieval/stores/vector-store.ts', '../index/index-host.ts'],
    ['electron/engine/import/walk.ts', '../learning/labels/folds.ts'],
    ['electron/engine/learning/labels/folds.ts', '../training/losses.ts'],
    ['electron/engine/learning/training/losses.ts', '../deep/adam.ts'],
    ['electron/engine/api/browse.ts', '../engine.ts'],
    ['electron/engine/api/browse.ts', '../../hosts/serve.ts'],
    ['electron/engine/media/decode.ts', 'electron'],
    ['electron/engine/media/decode.ts', '../../../samples/samples.ts'],
    ['electron/engine/media/decode.ts', '../../../test/support/demo.ts'],
    ['electron/shared/errors.ts', 'node:fs'],
    ['electron/main/menu.ts', '../engine/library/paths.ts'],
  ])('%s may not import %s', async (file, specifier) => {
    expect(await lintWith(file, specifier)).toHaveLength(1)
  })

  test.each([
    ['electron/engine/library/catalog/catalog.ts', '../paths.ts'],
    ['electron/engine/vision/backbones.ts', './network/embedder.ts'],
    ['electron/engine/learning/versions/model-service.ts', '../labels/folds.ts'],
    ['electron/engine/diagnostics/doctor.ts', '../library/paths.ts'],
    ['electron/hosts/session.ts', '../engine/engine.ts'],
  ])('%s may import %s', async (file, specifier) => {
    expect(await lintWith(file, specifier)).toEqual([])
  })
})

describe('architecture: files', () => {
  test(`none of the product has more than ${LONGEST} lines`, () => {
    const long = sources
      .filter(file => !mayBeLonger.includes(file))
      .map(file => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > LONGEST)).toEqual([])
  })

  test('every thread has an entry beside a module that starts it', () => {
    const entries = sources.filter(file => /^electron\/.*\.worker\.ts$/.test(file))
    expect(entries.length).toBeGreaterThan(5)
    for (const entry of entries) {
      const [folder, name] = [entry.slice(0, entry.lastIndexOf('/')), entry.split('/').at(-1)!]
      const beside = sources.filter(file => file.startsWith(`${folder}/`) && !file.endsWith('.worker.ts'))
      const starts = (file: string): boolean =>
        readFileSync(join(root, file), 'utf8').includes(`workerFile('${name.replace('.worker.ts', '')}'`)
      expect(beside.some(starts), entry).toBe(true)
    }
  })
})

describe('architecture: the walks of ARCHITECTURE.md', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const walks = text
    .split('\n### ')
    .slice(1)
    .map(section => ({
      title: section.split('\n')[0]!,
      files: Array.from(section.split('\n## ')[0]!.matchAll(/^\d+\. `([^`]+)`/gm), ([, file]) => file!),
    }))

  test('are three', () => {
    expect(walks).toHaveLength(3)
    for (const { files } of walks) expect(files.length).toBeGreaterThan(6)
  })

  test.each(walks)('$title: names files that are there', ({ files }) => {
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true)
  })

  test.each(walks)(
    '$title: never returns to a room that it has left, but for the import hub',
    ({ files }) => {
      const rooms = files.map(
        file => /^electron\/engine\/([^/]+)\//.exec(file)?.[1] ?? file.split('/').slice(0, -1).join('/'),
      )
      const ways = rooms.filter((room, i) => room !== rooms[i - 1] && room !== 'import')
      expect(ways.filter((room, i) => room !== ways[i - 1])).toEqual([...new Set(ways)])
    },
  )

  test('name every path that they mention as it is', () => {
    const paths = Array.from(
      text.matchAll(/`((?:electron|renderer|native|resources|samples|test|training|docs)\/[\w./-]+)`/g),
    )
    for (const [, path] of paths) expect(existsSync(join(root, path!)), path).toBe(true)
  })
})
