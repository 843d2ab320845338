import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { pauseAfter, replaceFile, replaceFileSync } from '../../../../electron/engine/runtime/replace-file.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()

const failure = (code: string): Error => Object.assign(new Error(code), { code })

/** Fails with these codes, one a call, and then renames. */
function failing<R>(rename: (from: string, to: string) => R, codes: readonly string[]) {
  const left = [...codes]
  let calls = 0
  return {
    rename: (from: string, to: string): R => {
      calls++
      const code = left.shift()
      if (code !== undefined) throw failure(code)
      return rename(from, to)
    },
    calls: () => calls,
  }
}

type Replace = (
  write: (temporary: string) => void,
  platform?: NodeJS.Platform,
  codes?: readonly string[],
) => Promise<number>

let folder: string
let file: string
let temporary: string
beforeEach(() => {
  folder = scratch.folder()
  file = join(folder, 'file')
  temporary = join(folder, 'file.tmp')
  writeFileSync(file, 'old')
})

const replaceAsync: Replace = async (write, platform = 'linux', codes = []) => {
  const { rename: injected, calls } = failing(rename, codes)
  const tools = { rename: async (from: string, to: string) => injected(from, to), platform }
  await replaceFile(file, temporary, async path => write(path), tools)
  return calls()
}

const replaceSync: Replace = async (write, platform = 'linux', codes = []) => {
  const { rename, calls } = failing(renameSync, codes)
  replaceFileSync(file, temporary, write, { rename, platform })
  return calls()
}

describe.each([
  ['replaceFile', replaceAsync],
  ['replaceFileSync', replaceSync],
])('%s', (_, replace) => {
  const writeNew = (path: string): void => writeFileSync(path, 'new')
  const state = (): unknown => [readFileSync(file, 'utf8'), readdirSync(folder)]

  test('puts what was written in place of the file', async () => {
    const during: unknown[] = []
    await replace(path => {
      writeNew(path)
      during.push(path, readFileSync(file, 'utf8'))
    })
    expect(during).toEqual([temporary, 'old'])
    expect(state()).toEqual(['new', ['file']])
  })

  test('leaves the file and no temporary one when writing fails', async () => {
    const write = (path: string): void => {
      writeNew(path)
      throw failure('ENOSPC')
    }
    await expect(replace(write)).rejects.toThrow('ENOSPC')
    expect(state()).toEqual(['old', ['file']])
  })

  test('tries a rename again on Windows while another program has the file open', async () => {
    expect(await replace(writeNew, 'win32', ['EPERM', 'EACCES', 'EBUSY'])).toBe(4)
    expect(state()).toEqual(['new', ['file']])
  })

  test.each<[NodeJS.Platform, string]>([
    ['win32', 'ENOSPC'],
    ['linux', 'EPERM'],
    ['darwin', 'EBUSY'],
  ])('tries a rename once where it fails for good: on %s with %s', async (platform, code) => {
    await expect(replace(writeNew, platform, [code])).rejects.toThrow(code)
    expect(state()).toEqual(['old', ['file']])
  })
})

test('replaceFile: takes a name that is known only when the file has been written', async () => {
  let name = ''
  await replaceFile(
    () => join(folder, name),
    temporary,
    async path => {
      await writeFile(path, 'new')
      name = 'named after its content'
    },
  )
  expect(readFileSync(join(folder, name), 'utf8')).toBe('new')
})

test('pauseAfter: waits longer and longer, and gives up after some seconds', () => {
  const all = Array.from({ length: 100 }, (_, failures) => pauseAfter(failure('EBUSY'), failures, 'win32'))
  const pauses = all.filter(pause => pause !== undefined)
  expect(all.slice(pauses.length).every(pause => pause === undefined)).toBe(true)
  expect(pauses.slice(0, 3)).toEqual([0, 10, 20])
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  expect(Math.max(...pauses)).toBe(100)
  const total = pauses.reduce((sum, pause) => sum + pause, 0)
  expect(total).toBeGreaterThan(5000)
  expect(total).toBeLessThan(6000)
})
