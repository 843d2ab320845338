import { rmSync } from 'node:fs'
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { settlePairs } from '../../../../electron/engine/import/pairing.ts'
import type { Catalog } from '../../../../electron/engine/library/catalog/catalog.ts'
import { pathToBytes, type FilePath } from '../../../../electron/engine/library/paths.ts'
import { PIPELINE_VERSION } from '../../../../electron/engine/library/pipeline-version.ts'
import type { AlbumId, PhotoId } from '../../../../electron/shared/ids.ts'
import { LabelledCatalog } from '../../../support/labelled-catalog.ts'
import { Scratch, stamp } from '../scratch.ts'

const scratch = new Scratch()

/** One shot with all its files. */
const names = ['IMG_1234.CR2', 'IMG_1234.HEIC', 'IMG_1234.MOV', 'IMG_E1234.JPG'] as const
const formats: Readonly<Record<string, string>> = { CR2: 'CR2', HEIC: 'HEIC', MOV: 'MOV', JPG: 'JPEG' }
const albums = ['Best', 'Worst'] as const

/** Files as an import records them, in a library that may lose its catalog. */
class Files {
  readonly library = new LabelledCatalog(scratch.folder())
  readonly there = new Set<FilePath>()

  constructor() {
    this.library.open()
    this.library.catalog.albumCommands.createAll(
      albums.map(name => ({ name, photos: [] })),
      { kind: 'import', folder: 'photos' },
    )
  }

  get catalog(): Catalog {
    return this.library.catalog
  }

  /** Files that are there already are recorded again. */
  write(path: FilePath): void {
    this.there.add(path)
    const { photos, files, albumCommands } = this.catalog
    this.catalog.bulkTransaction(() => {
      const contentHash = createHash('sha256').update(pathToBytes(path)).digest()
      const isNew = photos.byHash(contentHash) === undefined
      const format = formats[path.slice(path.lastIndexOf('.') + 1)]!
      const traits = {
        format,
        width: 3,
        height: 2,
        averageColor: 0,
        metadata: {},
        perceptualHash: Buffer.alloc(8),
      }
      const video = format === 'MOV' ? { video: { durationSeconds: 3 } } : {}
      const photoId = photos.record(contentHash, 1, { ...traits, ...video }, PIPELINE_VERSION, 0)
      files.record(path, stamp, { state: 'present', photoId }, PIPELINE_VERSION)
      if (isNew) albumCommands.claimAwaited(contentHash, path)
      settlePairs(this.catalog, [path], () => isNew)
    })
  }

  remove(path: FilePath): void {
    if (!this.there.delete(path)) return
    this.catalog.bulkTransaction(() => {
      this.catalog.files.markMissing(this.catalog.files.byPath(path)!.id)
      settlePairs(this.catalog, [path])
    })
  }

  restart(): void {
    this.library.close()
    this.library.open()
  }

  /** The catalog is gone, its journal is left, and all is imported once more. */
  loseCatalog(): void {
    this.library.close()
    for (const part of ['', '-wal', '-shm']) rmSync(this.library.layout.catalog + part, { force: true })
    this.library.open(true)
    for (const path of this.there) this.write(path)
  }

  photoAt(path: FilePath): PhotoId {
    return this.catalog.files.byPath(path)!.photoId!
  }

  albumOf(name: string): AlbumId {
    return this.catalog.albums.idOf(name)
  }

  /** Whether the album shows the shot. */
  isIn(name: string): boolean {
    return this.catalog.albums.photosOf(this.albumOf(name)).length > 0
  }
}

type Step = readonly ['write' | 'remove' | 'add' | 'take' | 'restart' | 'lose', number, number]
const step = fc.tuple(
  fc.constantFrom('write', 'write', 'remove', 'remove', 'add', 'add', 'take', 'restart', 'lose'),
  fc.nat(names.length - 1),
  fc.nat(albums.length - 1),
) as fc.Arbitrary<Step>

test('a shot keeps its albums as long as any of its files is there, whatever happens to the others', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 15, maxLength: 25 }), steps => {
      const files = new Files()
      /** Albums of which nobody has taken the shot out again. */
      const labelled = new Set<string>()
      try {
        for (const [what, n, m] of steps) {
          const [path, album] = [`/photos/${names[n]!}`, albums[m]!]
          const { albumCommands } = files.catalog
          if (what === 'write') files.write(path)
          else if (what === 'remove') files.remove(path)
          else if (what === 'restart') files.restart()
          else if (what === 'lose') files.loseCatalog()
          else if (!files.there.has(path)) continue
          else if (what === 'add') {
            albumCommands.add(files.albumOf(album), [files.photoAt(path)])
            labelled.add(album)
          } else {
            albumCommands.remove(files.albumOf(album), [files.photoAt(path)])
            labelled.delete(album)
            expect(files.isIn(album)).toBe(false)
          }
          if (files.there.size === 0) labelled.clear()
          for (const name of labelled) expect(files.isIn(name), name).toBe(true)
          const shown = new Set([...files.there].map(file => files.catalog.parts.mainOf(files.photoAt(file))))
          expect(new Set(files.catalog.photos.grid().ids)).toEqual(shown)
        }
      } finally {
        files.library.close()
      }
    }),
    { numRuns: 12, seed: 14 },
  )
})
