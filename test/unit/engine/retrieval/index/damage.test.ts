import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { FlatStore, flatStoreKind } from '../../../../../electron/engine/retrieval/stores/flat-store.ts'
import {
  BODY,
  readIndexHeader,
  writeIndexFile,
} from '../../../../../electron/engine/retrieval/index/index-file.ts'
import { plainKind } from '../../../../../electron/engine/retrieval/stores/plain-flat-index.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { codeOf } from '../../scratch.ts'

const folder = mkdtempSync(join(tmpdir(), 'kindred-index-'))
const file = join(folder, 'index.kindred')
afterAll(() => rmSync(folder, { recursive: true }))

const about = { kind: plainKind.kind, head: 3, dimension: 4, count: 4, pipeline: 1, generation: 17 }
const ids = Uint32Array.of(5, 9, 70_000, 4_000_000_000)

const appending =
  (bytes: Uint8Array) =>
  (temporary: string): void =>
    appendFileSync(temporary, bytes)

function write(): Buffer {
  const index = FlatStore.empty(plainKind, 4)
  const random = new Random('vectors')
  index.add(
    ids,
    Float32Array.from({ length: 16 }, () => random.gauss()),
  )
  writeIndexFile(file, about, temporary => index.append(temporary))
  return readFileSync(file)
}

/** Whether the file with one bit turned over is taken for whole. */
function acceptsFlip(whole: Buffer, at: number, bit: number): boolean {
  const damaged = Buffer.from(whole)
  damaged[at]! ^= 1 << bit
  writeFileSync(file, damaged)
  return readIndexHeader(file) !== undefined
}

describe('a damaged index file', () => {
  it('is refused for any single bit', () => {
    const whole = write()
    for (let at = 0; at < whole.length; at++) expect(acceptsFlip(whole, at, at % 8)).toBe(false)
    const places = [0, 8, 12, 40, BODY - 1, BODY, whole.length - 1]
    for (const at of places) for (let bit = 0; bit < 8; bit++) expect(acceptsFlip(whole, at, bit)).toBe(false)
  })

  it('is refused when it is cut off, or when something follows', () => {
    const whole = write()
    for (let length = 0; length < whole.length; length += 3) {
      writeFileSync(file, whole.subarray(0, length))
      expect(readIndexHeader(file)).toBeUndefined()
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.from('more')]))
    expect(readIndexHeader(file)).toBeUndefined()
  })

  it('is refused, not thrown about, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        writeFileSync(file, Buffer.concat([Buffer.from('KINDRED2'), bytes, Buffer.alloc(BODY)]))
        expect(readIndexHeader(file)).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('writing the index file', () => {
  it('replaces the old one and leaves nothing beside it', () => {
    write()
    writeIndexFile(file, { ...about, generation: 18, count: 1 }, appending(Buffer.from('x')))
    expect(readIndexHeader(file)).toMatchObject({ generation: 18, count: 1, bytes: 1 })
    expect(readFileSync(file).subarray(BODY).toString()).toBe('x')
    expect(readdirSync(folder)).toEqual(['index.kindred'])
  })

  it('leaves the old one where writing fails on the way', async () => {
    const before = write()
    const full = (): void => {
      throw Object.assign(new Error('write error: No space left on device'))
    }
    expect(await codeOf(() => writeIndexFile(file, about, full))).toBe('disk-full')
    expect(readFileSync(file)).toEqual(before)
    expect(readdirSync(folder)).toEqual(['index.kindred'])
  })

  it('takes an empty index', () => {
    writeIndexFile(file, { ...about, count: 0 }, appending(Buffer.alloc(0)))
    expect(readIndexHeader(file)).toMatchObject({ count: 0, bytes: 0 })
  })

  it('fails with a code where the folder is gone', async () => {
    const lost = join(folder, 'none', 'x')
    expect(await codeOf(() => writeIndexFile(lost, about, appending(Buffer.alloc(4))))).toBe(
      'library-unwritable',
    )
  })

  it('fails with a code where a file has taken the place of the folder', async () => {
    const blocked = join(folder, 'blocked')
    writeFileSync(blocked, 'a file')
    const lost = join(blocked, 'x')
    expect(await codeOf(() => writeIndexFile(lost, about, appending(Buffer.alloc(4))))).toBe(
      'library-unwritable',
    )
  })
})

describe('restoring an index', () => {
  it('is refused when ids and vectors differ in number', () => {
    const index = FlatStore.empty(plainKind, 4)
    index.add([1, 2], new Float32Array(8))
    writeFileSync(file, '')
    index.append(file)
    const kind = flatStoreKind(plainKind)
    expect(kind.read(file, 0, 2).size).toBe(2)
    expect(() => kind.read(file, 0, 1)).toThrow(RangeError)
    expect(() => kind.read(file, 0, 3)).toThrow(RangeError)
    expect(() => kind.read(file, 0, 3000)).toThrow(RangeError)
  })
})
