import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The part of faiss-node that Kindred uses. Vectors are plain arrays, row after row; distances are squared. */
export interface FaissFlatIndex {
  ntotal(): number
  getDimension(): number
  add(vectors: number[]): void
  search(queries: number[], k: number): { distances: number[]; labels: number[] }
  removeIds(positions: number[]): number
  toBuffer(): Buffer
}

export interface FaissModule {
  readonly IndexFlatL2: {
    new (dimension: number): FaissFlatIndex
    fromBuffer(bytes: Buffer): FaissFlatIndex
  }
}

/** Where the binding came from. */
export interface FaissBuild {
  readonly origin: 'prebuilt' | 'built here' | 'unknown'
  readonly faiss: string
}

export type LoadedFaiss =
  | { readonly ok: true; readonly faiss: FaissModule; readonly build: FaissBuild }
  | { readonly ok: false; readonly reason: string }

const require = createRequire(import.meta.url)

/** Folder of the binding, where faiss-node looks for it. */
export const bindingFolder = (): string =>
  join(dirname(require.resolve('faiss-node/package.json')), 'build', 'Release')

/** Written beside the binding by the one who put it there. */
export const BUILD_NOTE = 'kindred-build.json'

/**
 * Loads the Faiss binding, or says why there is none. `KINDRED_NO_FAISS=1` pretends that there is none.
 *
 * faiss-node keeps its constructors in a static of the process: only one live thread may use what this answers.
 */
export function loadFaiss(env: NodeJS.ProcessEnv = process.env): LoadedFaiss {
  if (env.KINDRED_NO_FAISS === '1') return { ok: false, reason: 'switched off by KINDRED_NO_FAISS' }
  try {
    const faiss = require('faiss-node') as FaissModule
    return { ok: true, faiss, build: readBuildNote() }
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return { ok: false, reason: line }
  }
}

function readBuildNote(): FaissBuild {
  const note = join(bindingFolder(), BUILD_NOTE)
  if (!existsSync(note)) return { origin: 'unknown', faiss: 'unknown' }
  return JSON.parse(readFileSync(note, 'utf8')) as FaissBuild
}
