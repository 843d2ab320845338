import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSamples } from '../../samples/samples.ts'

export interface RenderedSamples {
  readonly samplesDir: string
  remove(): Promise<void>
}

/** A folder of sample photos as the build makes dist/samples, in a small size. */
export async function renderSmallSamples(perKind: number, longEdge = 64): Promise<RenderedSamples> {
  const samplesDir = await mkdtemp(join(tmpdir(), 'kindred-samples-'))
  await writeSamples(samplesDir, { perKind, seed: 2026, longEdge })
  return { samplesDir, remove: () => rm(samplesDir, { recursive: true, force: true }) }
}
