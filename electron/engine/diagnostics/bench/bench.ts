import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../../shared/random.ts'
import type { BenchResult } from '../../../shared/results.ts'
import { benchEmbedding } from './embed-bench.ts'
import { benchImport, type ImportPorts } from './import-bench.ts'
import { benchSearch, clusteredVectors } from './search-bench.ts'

export interface BenchOptions extends ImportPorts {
  readonly vectors: number
  readonly dim: number
  readonly resourcesDir: string
  /** Writes so many pictures of each kind. */
  readonly drawPhotos: (folder: string, perKind: number) => Promise<unknown>
}

const PHOTOS_PER_KIND = 20

/** The speed of this machine, measured on drawn photos and random vectors in a scratch folder. */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { vectors, dim, resourcesDir } = options
  const folder = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
  try {
    const photos = join(folder, 'photos')
    await options.drawPhotos(photos, PHOTOS_PER_KIND)
    const search = await benchSearch(clusteredVectors(new Random(1), vectors, dim), dim)
    const embed = await benchEmbedding(photos, resourcesDir)
    return {
      machine: describeMachine(),
      search,
      embed,
      import: await benchImport(folder, resourcesDir, options),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function describeMachine(): BenchResult['machine'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown'
  return { cpu, cores: availableParallelism(), memoryGiB: totalmem() / 2 ** 30, node: process.versions.node }
}
