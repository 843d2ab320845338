import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { availableMemory } from '../../../../electron/engine/runtime/memory.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()
const GB = 2 ** 30
let root: string
beforeEach(() => (root = scratch.folder()))

function group(path: string, files: Record<string, string>): void {
  mkdirSync(join(root, path), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, path, name), text)
}
const member = (text: string): string => {
  writeFileSync(join(root, 'membership'), text)
  return join(root, 'membership')
}

describe('memory that is free', () => {
  test('is that of the machine where nothing limits it', () => {
    expect(availableMemory(root, join(root, 'nowhere'), 7 * GB)).toBe(7 * GB)
    group('', { 'memory.max': 'max\n', 'memory.current': `${GB}\n` })
    expect(availableMemory(root, member('0::/\n'), 7 * GB)).toBe(7 * GB)
  })

  test('is what the nearest limit leaves, with the page cache, which is given back', () => {
    const statistics = `anon 1\ninactive_file ${GB / 8}\nactive_file ${GB / 8}\n`
    group('a', { 'memory.max': `${GB}\n`, 'memory.current': `${GB / 2}\n`, 'memory.stat': statistics })
    group('a/b', { 'memory.max': 'max\n', 'memory.current': `${GB / 2}\n` })
    expect(availableMemory(root, member('0::/a/b\n'), 7 * GB)).toBe(0.75 * GB)
    expect(availableMemory(root, member('0::/a/b\n'), GB / 4)).toBe(GB / 4)
  })

  test('is found in the older version of control groups, and never below nothing', () => {
    const files = { 'memory.limit_in_bytes': `${GB}\n`, 'memory.usage_in_bytes': `${2 * GB}\n` }
    group('memory/x', { ...files, 'memory.stat': 'total_inactive_file 5\n' })
    expect(availableMemory(root, member('5:cpu:/\n4:memory:/x\n'), 7 * GB)).toBe(0)
    // Within a container, the group itself is mounted as the root.
    group('memory', { ...files, 'memory.usage_in_bytes': '0\n' })
    expect(availableMemory(root, member('4:memory:/elsewhere/y\n'), 7 * GB)).toBe(GB)
  })

  test('is there, really', () => expect(availableMemory()).toBeGreaterThan(2 ** 20))
})
