import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Network } from '../../../electron/engine/vision/network/model-card.ts'
import type { NetworkPixels } from '../../../electron/engine/media/decode.ts'
import { Random } from '../../../electron/shared/random.ts'
import { card, network, SIZE } from '../../unit/engine/learning/deep/lesson.ts'

/** Writes a network to a folder that is small enough to run at once in every runtime. */
export function writeSmallNetwork(folder: string): Network {
  const bytes = network()
  const file = join(folder, 'small.onnx')
  writeFileSync(file, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { file, card: { name: 'small', file: 'small.onnx', sha256, ...card } }
}

/** Photos for it, all different. */
export function smallPixels(count: number, seed: number | string = 1): NetworkPixels[] {
  const random = new Random(seed)
  return Array.from({ length: count }, () => {
    const tone = Array.from({ length: 3 }, () => random.next())
    const rgb = Uint8Array.from(
      { length: SIZE * SIZE * 3 },
      (_, i) => 255 * (0.4 * random.next() + 0.6 * tone[i % 3]!),
    )
    return { size: SIZE, rgb }
  })
}
