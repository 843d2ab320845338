import { describe, expect, test } from 'vitest'
import { identityHead } from '../../../../electron/engine/vision/head/head.ts'
import { registerBundledModel, toVersion } from '../../../../electron/engine/vision/model-versions.ts'
import { readModel } from '../../../../electron/engine/vision/network/model-card.ts'
import { Scratch } from '../scratch.ts'
import { sha256, writeModel } from './tiny-model.ts'

const scratch = new Scratch()

describe('registering the bundled model', () => {
  test('enters it once, with its head and the identity head, and returns the active version', () => {
    const catalog = scratch.catalog()
    const model = readModel(writeModel(scratch.folder()))
    const version = registerBundledModel(catalog, model, 1)
    expect(version).toMatchObject({ name: 'tiny', head: { dimension: 3 } })
    expect(registerBundledModel(catalog, model, 2)).toEqual(version)
    expect(catalog.models.heads().map(({ name, dimension }) => [name, dimension])).toEqual([
      ['tiny', 3],
      ['tiny-raw', 2],
    ])
    const raw = toVersion(catalog.models.headByName(version.backboneId, 'tiny-raw')!, 2)
    expect(raw.head).toEqual(identityHead(2))
    catalog.models.activate(raw.headId)
    expect(registerBundledModel(catalog, model, 3)).toEqual(raw)
  })

  test('enters another head where another network comes under the same name', () => {
    const catalog = scratch.catalog()
    const old = registerBundledModel(catalog, readModel(writeModel(scratch.folder())), 1)
    const other = Buffer.from('a better network')
    const model = readModel(
      writeModel(scratch.folder(), { files: { 'net.onnx': other }, card: { sha256: sha256(other) } }),
    )
    const fresh = registerBundledModel(catalog, model, 2)
    expect(fresh.backboneId).not.toBe(old.backboneId)
    expect(fresh.headId).not.toBe(old.headId)
  })
})
