import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { albumPairs } from '../../../../../electron/engine/retrieval/calibration/album-pairs.ts'
import { BackgroundPhotos } from '../../../../../electron/engine/retrieval/calibration/background.ts'
import { Calibrator } from '../../../../../electron/engine/retrieval/calibration/calibrator.ts'
import { EmbeddingIndex } from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import { indexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { silentLog } from '../../../../../electron/engine/runtime/log.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { putSearchable, rawVersion, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
afterAll(() => indexHost().close())

const DIMENSION = 12

/** Photos of some kinds, the first `inAlbums` of each in an album of their kind. */
async function library(kinds: number, perKind: number, inAlbums: number) {
  const folder = scratch.folder()
  const catalog = scratch.catalog(folder)
  const version = rawVersion(catalog, DIMENSION)
  const random = new Random('kinds')
  const direction = (): number[] => Array.from({ length: DIMENSION }, () => random.gauss())
  for (let kind = 0; kind < kinds; kind++) {
    const middle = direction()
    const photos = Array.from({ length: perKind }, (_, i) => {
      const features = direction().map((value, at) => middle[at]! + value)
      return putSearchable(catalog, version, `/photos/${kind}/${i}.jpg`, features)
    })
    if (inAlbums > 0) catalog.albumCommands.create(`kind ${kind}`, photos.slice(0, inAlbums))
  }
  const { index } = await EmbeddingIndex.open(catalog, join(folder, 'index.kindred'), version)
  return { catalog, index }
}

describe('calibration of a library', () => {
  test('pairs photos of albums only, and lets them stand for those in no album', async () => {
    const { catalog, index } = await library(5, 12, 4)
    const queries = await index.use(view => albumPairs(catalog, view, new BackgroundPhotos()))
    expect(queries).toHaveLength(20)
    for (const { pairs } of queries) {
      expect(pairs).toHaveLength(19)
      expect(pairs.filter(({ same }) => same)).toHaveLength(3)
      // A third of the library is in albums.
      expect(Math.min(...pairs.map(({ weight }) => weight))).toBeGreaterThan(1.5)
    }
    await index.close()
  })

  test('rests on neighbours until albums tell more, and remembers what it has learned', async () => {
    const { catalog, index } = await library(10, 12, 12)
    const calibrator = new Calibrator(catalog, index, silentLog)
    expect(calibrator.of(index.version).calibration).toEqual({ basis: 'neighbours', pairs: 0 })
    await calibrator.refresh()
    const learned = calibrator.of(index.version)
    expect(learned.calibration.basis).toBe('albums')
    expect(learned.calibration.pairs).toBeGreaterThan(1000)
    await calibrator.close()
    const reopened = new Calibrator(catalog, index, silentLog)
    expect(reopened.of(index.version)).toEqual(learned)
    await reopened.close()
    await index.close()
  })
})
