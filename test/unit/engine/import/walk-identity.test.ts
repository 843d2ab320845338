import type * as fileSystem from 'node:fs'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { walk } from '../../../../electron/engine/import/walk.ts'
import { Scratch } from '../scratch.ts'

/** What the drive says of its folders in place of their own numbers; this machine has no such drive. */
const drive = vi.hoisted(() => ({ numberOf: undefined as ((path: string) => bigint) | undefined }))
vi.mock('node:fs', async original => {
  const fs = await original<typeof fileSystem>()
  const statSync = (path: string, options?: { bigint?: boolean; throwIfNoEntry?: boolean }): unknown => {
    const found = fs.statSync(path, options as object) as { ino: bigint | number } | undefined
    const number = found && drive.numberOf?.(path)
    if (number !== undefined) found!.ino = options?.bigint ? number : Number(number)
    return found
  }
  return { ...fs, statSync }
})

const scratch = new Scratch()
let root: string
beforeEach(() => {
  drive.numberOf = undefined
  root = scratch.folder()
  for (const name of ['a/1.jpg', 'b/2.jpg', 'b/deep/3.jpg', 'c/library/4.jpg']) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), name)
  }
})

function filesFound(exclude: readonly string[] = []): string[] {
  const found = [...walk(root, { ignore: [], exclude })].filter(({ kind }) => kind === 'file')
  return found.map(({ path }) => path.slice(root.length + 1)).sort()
}

const all = ['a/1.jpg', 'b/2.jpg', 'b/deep/3.jpg', 'c/library/4.jpg']

describe('walk: numbers of folders', () => {
  test('that differ in the last bits of 64 skip no folder', () => {
    const numbers = new Map<string, bigint>()
    drive.numberOf = path => {
      // References of NTFS: the upper 16 bits are a sequence number, so that neighbours are one double.
      if (!numbers.has(path)) numbers.set(path, (700n << 48n) + 1_000_000n + BigInt(numbers.size))
      return numbers.get(path)!
    }
    expect(filesFound()).toEqual(all)
    expect(filesFound([join(root, 'c', 'library')])).toEqual(all.slice(0, 3))
  })

  test.each([
    ['0', 0n],
    ['one number for all', 42n],
  ])('that are %s skip no folder, excluded ones apart', (_, number) => {
    drive.numberOf = () => number
    expect(filesFound()).toEqual(all)
    expect(filesFound([join(root, 'c', 'library')])).toEqual(all.slice(0, 3))
  })

  test.skipIf(process.platform === 'win32')('do not matter to links: each folder is entered once', () => {
    symlinkSync(join(root, 'b'), join(root, 'a', 'to-b'))
    symlinkSync(root, join(root, 'b', 'deep', 'top'))
    let next = 1n
    // A new number at each call, as where a drive makes them up when it is asked.
    for (const numberOf of [() => 42n, () => next++]) {
      drive.numberOf = numberOf
      expect(filesFound()).toEqual(all)
      const loops = [...walk(root, { ignore: [], exclude: [] })].filter(({ kind }) => kind === 'failed')
      expect(loops).toMatchObject([{ path: join(root, 'b', 'deep', 'top'), code: 'link-loop' }])
    }
  })

  test('tell a second mount of an excluded folder', () => {
    const library = join(root, 'c', 'library')
    drive.numberOf = path => (path === library || path === join(root, 'a') ? 9n : BigInt(path.length + 100))
    expect(filesFound([library])).toEqual(all.slice(1, 3))
  })
})
