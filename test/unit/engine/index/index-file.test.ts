import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readIndexFile, writeIndexFile } from '../../../../electron/engine/index/index-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'kindred-index-'))
const file = join(folder, 'index.kindred')
afterAll(() => rmSync(folder, { recursive: true }))

describe('the index file', () => {
  const about = { kind: 'test', head: 3, dimension: 4, pipeline: 1, generation: 17 }
  const ids = Uint32Array.of(5, 9, 4_000_000_000)
  const body = Buffer.from('what the index wrote')

  it('comes back as it was written', async () => {
    await writeIndexFile(file, about, ids, body)
    const read = readIndexFile(file)!
    expect(read.header).toMatchObject({ ...about, count: 3 })
    expect(read.ids).toEqual(ids)
    expect(read.body.toString()).toBe(body.toString())
  })

  it('is refused when any byte is damaged, or the end is missing', async () => {
    await writeIndexFile(file, about, ids, body)
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x55
      writeFileSync(file, damaged)
      const read = readIndexFile(file)
      // A flipped byte inside the header's own words may leave it valid: then it must at least name another index.
      if (read) expect(read.header).not.toMatchObject({ ...about, count: 3 })
    }
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      expect(readIndexFile(file)).toBeUndefined()
    }
  })

  it('is absent when there is none', async () => {
    expect(readIndexFile(join(folder, 'none'))).toBeUndefined()
  })
})
