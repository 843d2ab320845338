import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { headToParameters } from '../../../electron/engine/vision/head/head.ts'
import { card, head, network } from '../../unit/engine/learning/deep/lesson.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Writes resources whose bundled network, `small`, has four layers with random weights, so that all takes seconds. */
export function writeSmallResources(resourcesDir: string): void {
  const models = join(resourcesDir, 'models')
  mkdirSync(models, { recursive: true })
  const onnx = network()
  const parameters = headToParameters(head())
  writeFileSync(join(models, 'small.onnx'), onnx)
  writeFileSync(join(models, 'small.f32'), parameters)
  const files = {
    file: 'small.onnx',
    sha256: sha256(onnx),
    head: { file: 'small.f32', sha256: sha256(parameters) },
  }
  writeFileSync(join(models, 'kindred-1.json'), JSON.stringify({ name: 'small', ...card, ...files }))
}
