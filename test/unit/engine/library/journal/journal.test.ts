import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readLines } from '../../../../../electron/engine/library/journal/journal-file.ts'
import { stateAfter } from '../../../../../electron/engine/library/journal/said-state.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { LabelledCatalog, recordPhoto } from '../../../../support/labelled-catalog.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
let library: LabelledCatalog
let photos: PhotoId[]
beforeEach(() => {
  library = new LabelledCatalog(scratch.folder())
  library.open()
  photos = library.addPhotos(6)
})
afterEach(() => library.close())

const commands = (): LabelledCatalog['catalog']['albumCommands'] => library.catalog.albumCommands
const text = (): string => readFileSync(library.layout.journal, 'utf8')

/** As a program that is killed leaves a library: nothing is closed, a copy of its files is opened. */
function reopenKilled(): LabelledCatalog {
  const copy = new LabelledCatalog(scratch.folder())
  for (const part of ['catalog', 'journal'] as const) copyFileSync(library.layout[part], copy.layout[part])
  copyFileSync(`${library.layout.catalog}-wal`, `${copy.layout.catalog}-wal`)
  copy.open()
  return copy
}

/** The catalog is gone and comes back empty, with the photos of these numbers. */
function loseCatalog(...numbers: number[]): void {
  library.close()
  for (const part of ['', '-wal', '-shm']) rmSync(library.layout.catalog + part, { force: true })
  library.open(true)
  library.catalog.transaction(() => numbers.forEach(number => recordPhoto(library.catalog, number)))
}

describe('journal', () => {
  test('holds every change as soon as it is acknowledged, with what it was, contents and paths', () => {
    const roses = commands().create('Roses', [photos[0]!])
    expect(text()).toContain('"said":{"kind":"create","album":"Roses"}')
    expect(text()).toContain('/photos/0.jpg')
    commands().refuse(roses, [photos[1]!])
    expect(text()).toContain('"said":{"kind":"refuse","photos":1,"album":"Roses"}')
    commands().undo()
    expect(text()).toContain('"said":{"undo":{"kind":"refuse"')
    expect(stateAfter(readLines(library.layout.journal))).toMatchObject({ isWhole: true, last: 4 })
  })

  test('has the folders of the library', () => {
    commands().create('Roses')
    loseCatalog()
    expect(library.catalog.roots()).toEqual(['/photos'])
  })

  test('gives a catalog that was lost its albums back, and each photo its labels as soon as it is imported', () => {
    const roses = commands().create('Roses', photos.slice(0, 3))
    commands().refuse(roses, [photos[4]!])
    commands().notLike([photos[0]!], photos[5]!)
    commands().setUsedForTraining(commands().create('Old'), false)
    const before = library.labels()
    loseCatalog(0, 1)
    expect(library.labels()).toHaveLength(4)
    library.catalog.transaction(() => [2, 3, 4, 5].forEach(number => recordPhoto(library.catalog, number)))
    expect(library.labels()).toEqual(before)
    // And again, from the same journal.
    loseCatalog(5, 4, 3, 2, 1, 0)
    expect(library.labels()).toEqual(before)
  })

  test('gives the labels of a photo to other content at its path: it was edited meanwhile', () => {
    const roses = commands().create('Roses', [photos[2]!])
    loseCatalog()
    const edited = library.catalog.transaction(() => recordPhoto(library.catalog, 77, '/photos/2.jpg'))
    expect(library.catalog.albums.membersOf(roses)).toEqual([edited])
  })

  test('ends where a kill has cut it off, and goes on from there', () => {
    commands().create('Roses', [photos[0]!])
    commands().create('Tulips', [photos[1]!])
    const before = library.labels()
    library.close()
    truncateSync(library.layout.journal, statSync(library.layout.journal).size - 5)
    library.open()
    commands().create('Lilies', [photos[2]!])
    loseCatalog(0, 1, 2)
    expect(library.labels()).toEqual(
      [...before, ...library.labels().filter(row => row.includes('Lilies'))].sort(),
    )
    expect(library.labels()).toHaveLength(6)
  })

  test('is made anew when it was deleted', () => {
    commands().create('Roses', photos)
    const before = library.labels()
    library.close()
    rmSync(library.layout.journal)
    library.open()
    loseCatalog(0, 1, 2, 3, 4, 5)
    expect(library.labels()).toEqual(before)
  })

  test('takes what the catalog committed before a kill and it had not received', () => {
    commands().create('Roses', [photos[0]!])
    const shorter = text()
    commands().create('Tulips', [photos[1]!])
    const killed = reopenKilled()
    killed.close()
    writeFileSync(killed.layout.journal, shorter)
    killed.open()
    expect(readFileSync(killed.layout.journal, 'utf8')).toContain('Tulips')
    killed.close()
  })

  test('gives an older copy of the catalog the changes that it lacks', () => {
    commands().create('Roses', [photos[0]!])
    library.catalog.db.pragma('wal_checkpoint(TRUNCATE)')
    const older = readFileSync(library.layout.catalog)
    commands().create('Tulips', [photos[1]!])
    commands().delete(library.catalog.albums.idOf('Roses'))
    const before = library.labels()
    library.close()
    writeFileSync(library.layout.catalog, older)
    library.open()
    expect(library.labels()).toEqual(before)
    expect(commands().pending).toEqual({ undo: null, redo: null })
  })

  test('is summed up when it has become long', () => {
    commands().create('Roses', photos)
    const many = Array.from({ length: 2500 }, (_, i) => ({ name: `Album ${i}`, photos: [] }))
    commands().createAll(many, { kind: 'import', folder: 'photos' })
    for (let i = 0; i < 3; i++) {
      commands().undo()
      if (i < 2) commands().redo()
    }
    const [before, length] = [library.labels(), statSync(library.layout.journal).size]
    expect(length).toBeGreaterThan(2 ** 20)
    library.close()
    library.open()
    expect(statSync(library.layout.journal).size).toBeLessThan(length / 100)
    commands().create('Tulips')
    loseCatalog(0, 1, 2, 3, 4, 5)
    expect(library.labels()).toEqual(['album Tulips', ...before].sort())
  })

  test('notices labels that differ from the catalog’s, and restores them', () => {
    commands().create('Roses', photos)
    const before = library.labels()
    expect(library.journal.differences()).toBe(0)
    library.catalog.db.exec(`UPDATE album_photo SET verdict = 'refused' WHERE photo_id = ${photos[0]!}`)
    expect(library.journal.differences()).toBe(2)
    library.journal.restore()
    expect(library.journal.differences()).toBe(0)
    expect(library.labels()).toEqual(before)
  })

  test('restores the labels of any series of changes', () => {
    type Step = (catalog: LabelledCatalog['catalog'], photo: PhotoId) => unknown
    const albumOf = (catalog: LabelledCatalog['catalog'], photo: number): number | undefined =>
      catalog.albums.ids().at(photo % Math.max(1, catalog.albums.ids().length))
    const inAlbum =
      (step: (album: number, photo: PhotoId) => unknown): Step =>
      (catalog, photo) => {
        const album = albumOf(catalog, photo)
        if (album !== undefined) step(album, photo)
      }
    let made = 0
    const steps: Step[] = [
      (catalog, photo) => catalog.albumCommands.create(`Album ${made++}`, [photo]),
      inAlbum((album, photo) => commands().add(album, [photo])),
      inAlbum((album, photo) => commands().remove(album, [photo])),
      inAlbum((album, photo) => commands().refuse(album, [photo])),
      inAlbum(album => commands().rename(album, `Renamed ${made++}`)),
      inAlbum(album => commands().delete(album)),
      inAlbum(album => commands().reorder([album])),
      (catalog, photo) => catalog.albumCommands.notLike([photos[0]!], photo),
      catalog => catalog.albumCommands.undo(),
      catalog => catalog.albumCommands.redo(),
    ]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(5)), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (series, summedUp) => {
          for (const [step, photo] of series) steps[step]!(library.catalog, photos[photo]!)
          const before = library.labels()
          if (summedUp) {
            library.close()
            rmSync(library.layout.journal, { force: true })
            library.open()
          }
          loseCatalog(3, 1, 5, 0, 2, 4)
          photos = [0, 1, 2, 3, 4, 5].map(number => recordPhoto(library.catalog, number))
          expect(library.labels()).toEqual(before)
        },
      ),
      { numRuns: 6 },
    )
  })
})
