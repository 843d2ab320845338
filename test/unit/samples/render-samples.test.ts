import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { renderSamples } from '../../../samples/render-samples.ts'
import { sampleKinds } from '../../../samples/samples.ts'

describe('renderSamples', () => {
  let scratch: string
  const folder = (): string => join(scratch, 'dist', 'samples')
  const small = { perKind: 1, longEdge: 32 }
  const inode = async (): Promise<number> => (await stat(folder())).ino

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'kindred-render-'))
  })
  afterEach(() => rm(scratch, { recursive: true, force: true }))

  test('renders a folder of each kind, and nothing when called again', async () => {
    expect(await renderSamples(folder(), small)).toBe(true)
    const entries = await readdir(folder(), { withFileTypes: true })
    const kinds = entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
    expect(kinds.sort()).toEqual([...sampleKinds].sort())
    for (const kind of kinds) expect(await readdir(join(folder(), kind)), kind).toHaveLength(1)
    const before = await inode()
    expect(await renderSamples(folder(), small)).toBe(false)
    expect(await inode()).toBe(before)
  })

  test('renders anew, in place of the whole folder, when settings or sources differ', async () => {
    await renderSamples(folder(), small)
    await writeFile(join(folder(), 'coffee', 'old.jpg'), '')
    expect(await renderSamples(folder(), { ...small, longEdge: 33 })).toBe(true)
    expect(existsSync(join(folder(), 'coffee', 'old.jpg'))).toBe(false)
    await writeFile(join(folder(), 'sources.sha256'), 'of other sources')
    expect(await renderSamples(folder(), { ...small, longEdge: 33 })).toBe(true)
    expect(existsSync(`${folder()}.part`)).toBe(false)
  })

  test('keeps the folder that is there when it fails', async () => {
    await renderSamples(folder(), small)
    await expect(renderSamples(folder(), { ...small, longEdge: 1 })).rejects.toThrow('longer edge')
    expect(await renderSamples(folder(), small)).toBe(false)
  })
})
