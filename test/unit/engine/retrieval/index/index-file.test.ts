import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  BODY,
  readIndexHeader,
  writeIndexFile,
} from '../../../../../electron/engine/retrieval/index/index-file.ts'
import { FlatStore } from '../../../../../electron/engine/retrieval/stores/flat-store.ts'
import { plainFlatIndexFactory } from '../../../../../electron/engine/retrieval/stores/plain-flat-index.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { codeOf } from '../../scratch.ts'

const folder = mkdtempSync(join(tmpdir(), 'kindred-index-'))
const file = join(folder, 'index.kindred')
afterAll(() => rmSync(folder, { recursive: true }))

const about = {
  kind: plainFlatIndexFactory.kind,
  head: 3,
  dimension: 4,
  pipeline: 1,
  generation: 17,
}
const ids = Uint32Array.of(5, 9, 70_000, 4_000_000_000)

const appending =
  (bytes: Uint8Array | string, count = 4) =>
  (temporary: string): number => {
    appendFileSync(temporary, bytes)
    return count
  }

function write(): Buffer {
  const store = FlatStore.empty(plainFlatIndexFactory, 4)
  const random = new Random('vectors')
  store.add(
    ids,
    Float32Array.from({ length: 16 }, () => random.gauss()),
  )
  writeIndexFile(file, about, temporary => store.append(temporary))
  return readFileSync(file)
}

/** Whether the file is read with one of its bits flipped. */
function acceptsFlip(whole: Buffer, at: number, bit: number): boolean {
  const damaged = Buffer.from(whole)
  damaged[at]! ^= 1 << bit
  writeFileSync(file, damaged)
  return readIndexHeader(file) !== undefined
}

describe('index file: reading', () => {
  test('returns the header that was written', () => {
    writeIndexFile(file, about, appending('ids and vectors'))
    expect(readIndexHeader(file)).toMatchObject({ ...about, count: 4, bytes: 15 })
    expect(readFileSync(file).subarray(BODY).toString()).toBe('ids and vectors')
  })

  test('returns nothing where there is no file', () => {
    expect(readIndexHeader(join(folder, 'none'))).toBeUndefined()
  })

  test('refuses a file with any single bit flipped', () => {
    const whole = write()
    for (let at = 0; at < whole.length; at++) expect(acceptsFlip(whole, at, at % 8)).toBe(false)
    const places = [0, 8, 12, 40, BODY - 1, BODY, whole.length - 1]
    for (const at of places) for (let bit = 0; bit < 8; bit++) expect(acceptsFlip(whole, at, bit)).toBe(false)
  })

  test('refuses a file that is cut off or followed by something', () => {
    const whole = write()
    for (let length = 0; length < whole.length; length += 3) {
      writeFileSync(file, whole.subarray(0, length))
      expect(readIndexHeader(file)).toBeUndefined()
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.from('more')]))
    expect(readIndexHeader(file)).toBeUndefined()
  })

  test('refuses any bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        writeFileSync(file, Buffer.concat([Buffer.from('KINDRED2'), bytes, Buffer.alloc(BODY)]))
        expect(readIndexHeader(file)).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('index file: writing', () => {
  test('replaces the old file and leaves nothing beside it', () => {
    write()
    writeIndexFile(file, { ...about, generation: 18 }, appending(Buffer.from('x'), 1))
    expect(readIndexHeader(file)).toMatchObject({ generation: 18, count: 1, bytes: 1 })
    expect(readFileSync(file).subarray(BODY).toString()).toBe('x')
    expect(readdirSync(folder)).toEqual(['index.kindred'])
  })

  test('leaves the old file where it fails halfway', async () => {
    const before = write()
    const full = (): number => {
      throw Object.assign(new Error('write error: No space left on device'))
    }
    expect(await codeOf(() => writeIndexFile(file, about, full))).toBe('disk-full')
    expect(readFileSync(file)).toEqual(before)
    expect(readdirSync(folder)).toEqual(['index.kindred'])
  })

  test('takes an empty index', () => {
    writeIndexFile(file, about, appending(Buffer.alloc(0), 0))
    expect(readIndexHeader(file)).toMatchObject({ count: 0, bytes: 0 })
  })

  test('fails with a code where the folder is gone', async () => {
    const lost = join(folder, 'none', 'x')
    expect(await codeOf(() => writeIndexFile(lost, about, appending(Buffer.alloc(4))))).toBe(
      'library-unwritable',
    )
  })

  test('fails with a code where a file has taken the place of the folder', async () => {
    const blocked = join(folder, 'blocked')
    writeFileSync(blocked, 'a file')
    const lost = join(blocked, 'x')
    expect(await codeOf(() => writeIndexFile(lost, about, appending(Buffer.alloc(4))))).toBe(
      'library-unwritable',
    )
  })
})
