import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  BODY,
  readIndexHeader,
  writeIndexFile,
} from '../../../../../electron/engine/retrieval/index/index-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'kindred-index-'))
const file = join(folder, 'index.kindred')
afterAll(() => rmSync(folder, { recursive: true }))

describe('the index file', () => {
  const about = { kind: 'test', head: 3, dimension: 4, pipeline: 1, count: 3, generation: 17 }
  const body = 'what the index wrote'
  const append = (temporary: string): void => appendFileSync(temporary, body)

  it('comes back as it was written', () => {
    writeIndexFile(file, about, append)
    expect(readIndexHeader(file)).toMatchObject({ ...about, bytes: body.length })
    expect(readFileSync(file).subarray(BODY).toString()).toBe(body)
  })

  it('is refused when any byte is damaged, or the end is missing', () => {
    writeIndexFile(file, about, append)
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x55
      writeFileSync(file, damaged)
      expect(readIndexHeader(file)).toBeUndefined()
    }
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      expect(readIndexHeader(file)).toBeUndefined()
    }
  })

  it('is absent when there is none', () => {
    expect(readIndexHeader(join(folder, 'none'))).toBeUndefined()
  })
})
