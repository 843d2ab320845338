import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { IdIndex } from '../../../../electron/engine/index/id-index.ts'
import { readIndexFile, writeIndexFile } from '../../../../electron/engine/index/index-file.ts'
import { plainKind } from '../../../../electron/engine/index/plain-index.ts'
import { Random } from '../../../../electron/shared/random.ts'
import { codeOf } from '../scratch.ts'

const folder = mkdtempSync(join(tmpdir(), 'kindred-index-'))
const file = join(folder, 'index.kindred')
afterAll(() => rmSync(folder, { recursive: true }))

const about = { kind: plainKind.kind, head: 3, dimension: 4, pipeline: 1, generation: 17 }
const ids = Uint32Array.of(5, 9, 70_000, 4_000_000_000)

async function write(): Promise<{ whole: Buffer; headerEnd: number }> {
  const index = IdIndex.empty(plainKind, 4)
  const random = new Random('vectors')
  index.add(
    ids,
    Float32Array.from({ length: 16 }, () => random.gauss()),
  )
  await writeIndexFile(file, about, index.ids, index.serialize())
  const whole = readFileSync(file)
  return { whole, headerEnd: 12 + whole.readUInt32LE(8) }
}

/** Whether the file with one bit turned over is taken for whole. */
function acceptsFlip(whole: Buffer, at: number, bit: number): boolean {
  const damaged = Buffer.from(whole)
  damaged[at]! ^= 1 << bit
  writeFileSync(file, damaged)
  return readIndexFile(file) !== undefined
}

describe('a damaged index file', () => {
  it('is refused for any single bit of magic, lengths, ids and vectors', async () => {
    const { whole, headerEnd } = await write()
    const places = Array.from(whole.keys()).filter(at => at < 12 || at >= headerEnd)
    for (const at of places) for (let bit = 0; bit < 8; bit++) expect(acceptsFlip(whole, at, bit)).toBe(false)
  })

  it('is refused for any single bit of its header', async () => {
    const { whole, headerEnd } = await write()
    for (let at = 12; at < headerEnd; at++)
      for (let bit = 0; bit < 8; bit++) expect(acceptsFlip(whole, at, bit)).toBe(false)
  })

  it('is refused when it is cut off, or when something follows', async () => {
    const { whole } = await write()
    for (let length = 0; length < whole.length; length += 3) {
      writeFileSync(file, whole.subarray(0, length))
      expect(readIndexFile(file)).toBeUndefined()
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.from('more')]))
    expect(readIndexFile(file)).toBeUndefined()
  })

  it('is refused, not thrown about, whatever it holds', async () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        writeFileSync(file, Buffer.concat([Buffer.from('KINDRED1'), bytes]))
        expect(readIndexFile(file)).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('writing the index file', () => {
  it('replaces the old one and leaves nothing beside it', async () => {
    await write()
    await writeIndexFile(file, { ...about, generation: 18 }, Uint32Array.of(1), Buffer.from('x'))
    expect(readIndexFile(file)).toMatchObject({
      header: { generation: 18, count: 1 },
      body: Buffer.from('x'),
    })
    expect(readdirSync(folder)).toEqual(['index.kindred'])
  })

  it('takes an empty index', async () => {
    await writeIndexFile(file, about, new Uint32Array(0), Buffer.alloc(0))
    expect(readIndexFile(file)).toMatchObject({ header: { count: 0 }, ids: new Uint32Array(0) })
  })

  it('fails with a code where the folder is gone', async () => {
    const lost = join(folder, 'none', 'x')
    expect(await codeOf(() => writeIndexFile(lost, about, ids, Buffer.alloc(4)))).toBe('library-unwritable')
  })

  it('fails with a code where a file has taken the place of the folder', async () => {
    const blocked = join(folder, 'blocked')
    writeFileSync(blocked, 'a file')
    const lost = join(blocked, 'x')
    expect(await codeOf(() => writeIndexFile(lost, about, ids, Buffer.alloc(4)))).toBe('library-unwritable')
  })
})

describe('restoring an index', () => {
  it('is refused when ids and vectors differ in number or length', async () => {
    const index = IdIndex.empty(plainKind, 4)
    index.add([1, 2], new Float32Array(8))
    const bytes = Buffer.from(index.serialize())
    expect(IdIndex.restore(plainKind, Uint32Array.of(1, 2), bytes, 4).size).toBe(2)
    expect(() => IdIndex.restore(plainKind, Uint32Array.of(1), bytes, 4)).toThrow(RangeError)
    expect(() => IdIndex.restore(plainKind, Uint32Array.of(1, 2, 3), bytes, 4)).toThrow(RangeError)
    expect(() => IdIndex.restore(plainKind, Uint32Array.of(1, 2), bytes, 8)).toThrow(RangeError)
  })
})
