import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../../shared/random.ts'
import type { BenchResult } from '../../../shared/results.ts'
import { writeSamples } from '../../../../samples/samples.ts'
import { benchEmbedding } from './embed-bench.ts'
import { benchImport } from './import-bench.ts'
import { benchSearch, clusteredVectors } from './search-bench.ts'

export interface BenchOptions {
  readonly vectors: number
  readonly dim: number
  readonly resourcesDir: string
}

const SAMPLES_PER_KIND = 20

/** The speed of this machine, measured on made data: a scratch folder, nothing of the person's. */
export async function runBench({ vectors, dim, resourcesDir }: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
  try {
    const photos = join(folder, 'photos')
    await writeSamples(photos, { perKind: SAMPLES_PER_KIND, seed: 1 })
    const search = await benchSearch(clusteredVectors(new Random(1), vectors, dim), dim)
    const embed = await benchEmbedding(photos, resourcesDir)
    return {
      machine: describeMachine(),
      search,
      embed,
      import: await benchImport(folder, resourcesDir),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function describeMachine(): BenchResult['machine'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown'
  return { cpu, cores: availableParallelism(), memoryGiB: totalmem() / 2 ** 30, node: process.versions.node }
}
