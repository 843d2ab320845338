import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Backbones } from '../../../../electron/engine/vision/backbones.ts'
import { readModel } from '../../../../electron/engine/vision/network/model-card.ts'
import { codeOf, Scratch } from '../scratch.ts'

const scratch = new Scratch()
const model = readModel(
  fileURLToPath(new URL('../../../../resources/models/kindred-1.json', import.meta.url)),
)

describe('backbones: adding a network', () => {
  const parts = (byte: number): Uint8Array[] =>
    [1000, 1, 70_000].map(length => new Uint8Array(length).fill(byte))

  test('keeps its file as it was, also where two are added at once', async () => {
    const folder = join(scratch.folder(), 'models')
    const backbones = new Backbones(scratch.catalog(), model, folder)
    const ids = await Promise.all(
      [1, 2].map(byte => backbones.add(`net ${byte}`, parts(byte), model.card, 0)),
    )
    for (const [n, id] of ids.entries()) {
      const bytes = Buffer.concat(parts(n + 1))
      const file = backbones.file(id)
      expect(readFileSync(file).equals(bytes)).toBe(true)
      expect(file).toContain(createHash('sha256').update(bytes).digest('hex'))
    }
    expect(readdirSync(folder)).toHaveLength(2)
  })

  test('leaves nothing behind where it cannot be read to its end', async () => {
    const folder = join(scratch.folder(), 'models')
    const backbones = new Backbones(scratch.catalog(), model, folder)
    const broken = function* (): Generator<Uint8Array> {
      yield* parts(1)
      throw new Error('It is gone.')
    }
    expect(await codeOf(() => backbones.add('broken', broken(), model.card, 0))).toBe('library-unwritable')
    expect(readdirSync(folder)).toEqual([])
  })
})
