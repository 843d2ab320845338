import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ShowResult } from '../../electron/shared/results.ts'
import { Cli, parseOnly, temporaryFolder } from '../support/cli.ts'
import { cutAt, cutPicture } from '../support/cut-files.ts'
import { writePicture } from '../support/small-photos.ts'

describe('damaged photos', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let cli: Cli
  const at = (name: string): string => join(folder.path, 'photos', name)

  beforeAll(async () => {
    folder = await temporaryFolder('damaged')
    cli = new Cli(join(folder.path, 'library'))
    await mkdir(join(folder.path, 'photos'))
    for (const n of [1, 2, 3]) await writePicture(at(`${n}.jpg`), n)
    const jpeg = await cutPicture().jpeg().toBuffer()
    await writeFile(at('half.jpg'), cutAt(jpeg, 0.5))
    await writeFile(at('nothing.jpg'), cutAt(jpeg, 0.05))
  })
  afterAll(() => folder.remove())

  const show = async (...names: string[]): Promise<ShowResult> =>
    parseOnly(await cli.run(['show', ...names.map(at)])) as ShowResult

  const marked = {
    path: expect.stringMatching(/half\.jpg$/) as string,
    kind: 'lower-part-missing',
    share: expect.closeTo(0.5, 1) as number,
    message: expect.stringMatching(/^the lower (half|\d\d %) is missing$/) as string,
  }

  test('are imported, marked and listed; what is not enough is a failure', async () => {
    const { status, result } = await cli.index(join(folder.path, 'photos'))
    expect(status).toBe(3)
    expect(result.photos).toBe(4)
    expect(result.failed).toMatchObject([{ path: at('nothing.jpg'), code: 'truncated-image' }])
    expect(result.damaged).toEqual([marked])
    // Nothing is read again, and all is listed again.
    const again = await cli.index(join(folder.path, 'photos'))
    expect(again.result).toMatchObject({ added: 0, updated: 0, damaged: [marked] })
  })

  test('say in words what is missing', async () => {
    const { photos } = await show('half.jpg', '1.jpg')
    expect(photos.map(({ damaged }) => damaged)).toEqual([marked.message, null])
  })

  test('lose the mark when the file is restored', async () => {
    await writeFile(at('half.jpg'), await cutPicture().jpeg().toBuffer())
    const { result } = await cli.index(join(folder.path, 'photos'))
    expect(result).toMatchObject({ updated: 1, damaged: [] })
    const { photos } = await show('half.jpg')
    expect(photos[0]!.damaged).toBeNull()
  })
})
