import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packHead } from '../../electron/engine/learning/versions/head-file.ts'
import { Random } from '../../electron/shared/random.ts'
import { repository } from './cli.ts'

/** A head to import under the name `poor`: two random projections, so that any training is better. */
export async function poorHead(): Promise<Buffer> {
  const card = JSON.parse(await readFile(join(repository, 'resources/models/kindred-1.json'), 'utf8')) as {
    sha256: string
    output: { length: number }
  }
  const random = new Random('poor')
  const { length } = card.output
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.gauss())
  const projection = { mean: values(length), matrix: values(2 * length) }
  return packHead({
    name: 'poor',
    backbone: card.sha256,
    head: { inputLength: length, dimension: 2, projection },
  })
}
