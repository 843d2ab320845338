import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../../../../electron/engine/vision/network/model-card.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import { codeOf, Scratch } from '../../scratch.ts'
import { floats, network, parameters, sha256, writeModel, type Parts } from '../tiny-model.ts'

const scratch = new Scratch()
const models = fileURLToPath(new URL('../../../../../resources/models', import.meta.url))
/** A folder below another one, which a card must not reach. */
const modelFolder = (): string => join(scratch.folder(), 'models')

describe('model card', () => {
  test('is read with its network and head', () => {
    const model = readModel(writeModel(modelFolder()))
    expect(model.card).toMatchObject({ name: 'tiny', output: { length: 2 } })
    expect(model.head).toMatchObject({ inputLength: 2, dimension: 3 })
    expect([...model.head.projection!.mean]).toEqual([1, -1])
    expect([...model.head.projection!.matrix]).toEqual([1, 2, 3, 0, -1, 4])
    expect(model.file.endsWith('net.onnx')).toBe(true)
    expect(JSON.parse(model.cardText)).toMatchObject({ name: 'tiny' })
  })

  const outside = { file: '../outside.f32', sha256: sha256(parameters) }
  test.each<[string, Parts]>([
    ['the file of another network', { files: { 'net.onnx': 'another' } }],
    ['the file of another head', { files: { 'head.f32': floats(1, -1, 1, 2, 3, 0, -1, 5) } }],
    [
      'a head of another length',
      {
        files: { 'head.f32': floats(1, 2, 3) },
        card: { head: { file: 'head.f32', sha256: sha256(floats(1, 2, 3)) } },
      },
    ],
    ['a hash in capitals', { card: { sha256: sha256(network).toUpperCase() } }],
    ['a short hash', { card: { sha256: 'abc' } }],
    ['a head outside of its folder', { files: { '../outside.f32': parameters }, card: { head: outside } }],
    ['a file in a folder below', { files: { 'below/net.onnx': network }, card: { file: 'below/net.onnx' } }],
    ['a path of Windows', { card: { file: '..\\net.onnx' } }],
    ['the folder itself', { card: { file: '.' } }],
    ['the folder above', { card: { file: '..' } }],
    ['no file', { card: { file: '' } }],
    ['a file that is not there', { card: { file: 'none.onnx' } }],
    ['no JSON', { text: '{ "name": ' }],
    ['JSON of something else', { text: '[1, 2]' }],
    ['an empty card', { text: '' }],
    ['another layout', { input: { layout: 'NHWC' } }],
    ['another type', { input: { type: 'uint8' } }],
    ['another crop', { input: { crop: 'stretch' } }],
    ['another range', { input: { range: [0, 255] } }],
    ['two channels', { input: { mean: [0, 0] } }],
    ['a size that is no number', { input: { size: '160' } }],
    ['a size beyond measure', { input: { size: 100_000 } }],
  ])('is refused with %s', async (_, parts) => {
    expect(await codeOf(() => readModel(writeModel(modelFolder(), parts)))).toBe('model-invalid')
  })

  test('is refused where the card is not there', async () => {
    expect(await codeOf(() => readModel(join(scratch.folder(), 'card.json')))).toBe('model-invalid')
  })

  test('is refused where pixels would be divided by zero', async () => {
    expect(await codeOf(() => readModel(writeModel(modelFolder(), { input: { std: [0, 1, 1] } })))).toBe(
      'model-invalid',
    )
  })
})

describe('model card: the bundled model', () => {
  /** Reads the bundled model with a changed card or a spoiled file; returns the error's code, or `accepted`. */
  function readChanged(change: (card: Record<string, unknown>) => void, spoil?: string): string {
    const folder = scratch.folder()
    for (const name of ['kindred-1.onnx', 'kindred-1-head.f32'])
      cpSync(join(models, name), join(folder, name))
    const card = JSON.parse(readFileSync(join(models, 'kindred-1.json'), 'utf8')) as Record<string, unknown>
    change(card)
    writeFileSync(join(folder, 'card.json'), JSON.stringify(card))
    if (spoil) writeFileSync(join(folder, spoil), 'not what it was')
    try {
      readModel(join(folder, 'card.json'))
      return 'accepted'
    } catch (error) {
      return error instanceof KindredError ? error.code : String(error)
    }
  }

  test('is accepted as it is', () => expect(readChanged(() => undefined)).toBe('accepted'))
  test.each<[string, (card: Record<string, unknown>) => void]>([
    ['another hash', card => (card.sha256 = '0'.repeat(64))],
    ['a path that leads out', card => (card.file = '../kindred-1.onnx')],
    ['an absolute path', card => (card.file = '/etc/passwd')],
    ['no input', card => delete card.input],
    ['another length of features', card => (card.output = { name: 'features', length: 500 })],
  ])('is refused with %s', (_, change) => expect(readChanged(change)).toBe('model-invalid'))
  test('is refused where a file is another one', () => {
    expect(readChanged(() => undefined, 'kindred-1.onnx')).toBe('model-invalid')
    expect(readChanged(() => undefined, 'kindred-1-head.f32')).toBe('model-invalid')
  })
})
