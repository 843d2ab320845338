import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readModel } from '../../../../../electron/engine/vision/network/model-card.ts'
import { OnnxEmbedder } from '../../../../../electron/engine/vision/runtimes/onnx-embedder.ts'

const bundled = readModel(
  fileURLToPath(new URL('../../../../../resources/models/kindred-1.json', import.meta.url)),
)

test('network in ONNX Runtime: returns the same features for a photo alone and in a batch', async () => {
  const embedder = new OnnxEmbedder(bundled)
  const size = embedder.inputSize
  const length = embedder.featureLength
  const photo = (seed: number) => ({
    size,
    rgb: Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * seed) % 256),
  })
  const together = await embedder.features([photo(3), photo(7)])
  const alone = await embedder.features([photo(7)])
  expect(together).toHaveLength(2 * length)
  for (const [i, value] of alone.entries()) expect(together[length + i]).toBeCloseTo(value, 4)
  await embedder.close()
})
