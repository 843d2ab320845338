import { copyFileSync, mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { EmbeddingIndex } from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import { readIndexHeader } from '../../../../../electron/engine/retrieval/index/index-file.ts'
import {
  directIndex,
  indexBuilder,
  indexHost,
} from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { buildInvertedFile } from '../../../../../electron/engine/retrieval/index/inverted-file.ts'
import { ProgressMeter } from '../../../../../electron/engine/runtime/jobs/progress.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { readIndexFile } from '../../../../support/index-contents.ts'
import { codeOf, Scratch } from '../../scratch.ts'
import { ChangingLibrary } from './changing-library.ts'

const scratch = new Scratch()
afterAll(() => Promise.all([indexHost().close(), ...(directIndex() ? [indexBuilder().close()] : [])]))

/** What a program finds that opens the library after this one was killed now. */
async function expectWholeAfterKill(library: ChangingLibrary): Promise<void> {
  const copy = join(library.folder, 'left.kindred')
  copyFileSync(library.file, copy)
  const { index } = await EmbeddingIndex.open(library.catalog, copy, library.old)
  const { features } = library.catalog
  const searchable = features.searchableIds(library.old.backboneId, PIPELINE_VERSION)
  expect([...index.photos].sort((a, b) => a - b)).toEqual(searchable)
  const found = await index.search(library.query(library.old), searchable.length + 5)
  expect(found.map(({ id }) => id).sort((a, b) => a - b)).toEqual(searchable)
  await index.close()
}

async function opened(photos: number, seed: string): Promise<ChangingLibrary> {
  const library = new ChangingLibrary(scratch, photos, seed)
  await library.open()
  return library
}

/** Lets every writing of the file fail until the returned function is called. */
function blockFile({ file }: ChangingLibrary): () => void {
  mkdirSync(`${file}.tmp`)
  return () => rmdirSync(`${file}.tmp`)
}

describe('embedding index: saving', () => {
  test('claims no photo that is still on its way into the index', async () => {
    const library = await opened(200, 'overtaken')
    const fresh = library.catalog.transaction(() => Array.from({ length: 3000 }, () => library.put()))
    const adding = library.index.add(fresh)
    await library.index.save()
    await expectWholeAfterKill(library)
    await adding
    await library.expectExact(library.old)
    await library.index.close()
    await expectWholeAfterKill(library)
  })

  test('writes a file that can be read, whatever is added and removed meanwhile', async () => {
    const library = await opened(300, 'meanwhile')
    let done = false
    const isDone = (): boolean => done
    const changes = (async () => {
      while (!isDone()) {
        await library.index.add(
          library.catalog.transaction(() => Array.from({ length: 20 }, () => library.put())),
        )
        await library.remove()
      }
    })()
    for (let i = 0; i < 40; i++) {
      await library.index.save()
      const stored = readIndexFile(library.file)
      expect(stored?.ids.length).toBe(stored?.header.count)
    }
    done = true
    await changes
    await library.index.close()
    await expectWholeAfterKill(library)
  })

  test('claims nothing of a change that failed', async () => {
    const library = await opened(50, 'failed')
    const fresh = library.put()
    const adding = codeOf(() => library.index.add([fresh]))
    // The thread ends before it comes to the addition.
    await indexHost().close()
    expect(await adding).toBe('worker-gone')
    expect(library.index.has(fresh)).toBe(false)
    await library.index.save()
    await expectWholeAfterKill(library)
    await library.index.close()
    await expectWholeAfterKill(library)
  })

  test('holds no photo whose features are gone', async () => {
    const library = await opened(5, 'gone')
    const fresh = library.put()
    library.catalog.files.markMissing(library.catalog.files.presentOf(fresh)[0]!.id)
    await library.index.add([fresh, 12_345 as PhotoId])
    expect(library.index.size).toBe(5)
    await library.index.close()
  })

  test('takes a photo out and in again in one step', async () => {
    const library = await opened(50, 'one step')
    const [photo] = library.present
    library.catalog.settings.bumpGeneration()
    const replacing = library.index.replace([photo!])
    expect(library.index.has(photo!)).toBe(true)
    await library.index.save()
    await expectWholeAfterKill(library)
    await replacing
    await library.expectExact(library.old)
    await library.index.close()
  })

  test('that fails harms nothing in memory, and is made up for', async () => {
    const library = await opened(50, 'blocked')
    const free = blockFile(library)
    await library.add()
    expect(await library.index.save()).toBe(false)
    expect(library.index.unsaved).toBe(true)
    await library.expectExact(library.old)
    free()
    expect(await library.index.save()).toBe(true)
    expect(library.index.unsaved).toBe(false)
    expect(readIndexHeader(library.file)).toMatchObject({
      count: 51,
      generation: library.catalog.settings.generation(),
    })
    const blocked = blockFile(library)
    await library.add()
    await library.index.close()
    blocked()
    await expectWholeAfterKill(library)
  })

  test.skipIf(!directIndex())('of a new layout that fails leaves it in use', async () => {
    const library = await opened(600, 'layout')
    const { index } = library
    const steps = { progress: new ProgressMeter(() => undefined), signal: new AbortController().signal }
    const built = await index.withHandle(handle =>
      buildInvertedFile(handle, [...index.photos], new Set(), steps),
    )
    expect(await index.swapLayout(built.handle, { lists: built.lists, nprobe: 1 }, library.old)).toBe(true)
    const free = blockFile(library)
    expect(await index.save()).toBe(false)
    expect(index.layout.lists).toBe(built.lists)
    await library.expectExact(library.old)
    free()
    await index.close()
    await expectWholeAfterKill(library)
  })

  test('claims nothing while the index is made anew, and a search finds all meanwhile', async () => {
    const library = await opened(1500, 'anew')
    const rebuilding = library.index.rebuild()
    await library.index.save()
    await expectWholeAfterKill(library)
    await library.expectExact(library.old)
    expect(await rebuilding).toBe(true)
    await library.expectExact(library.old)
    await library.index.close()
    await expectWholeAfterKill(library)
  })

  test('believes no file from a catalog that has lost its last changes', async () => {
    // As after a loss of power, or with an older backup: the catalog counts its generations once more.
    const library = await opened(20, 'ahead')
    const lost = library.put()
    await library.index.add([lost])
    await library.index.close()
    const { settings, files } = library.catalog
    const { generation } = readIndexHeader(library.file)!
    files.forget(files.presentOf(lost)[0]!.id)
    library.present.delete(lost)
    settings.set('generation', generation - 1)
    const free = blockFile(library)
    await library.open()
    await library.expectExact(library.old)
    // The file cannot be written; the next change has the generation of the one that was lost.
    const photo = library.put()
    await library.index.add([photo])
    await library.index.close()
    free()
    expect(settings.generation()).toBe(generation)
    await library.open()
    await library.expectExact(library.old)
    await library.index.close()
  })
})
