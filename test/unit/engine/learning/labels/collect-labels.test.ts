import { describe, expect, test } from 'vitest'
import {
  collectLabels,
  keepFolds,
  labelledPhotos,
} from '../../../../../electron/engine/learning/labels/collect-labels.ts'
import { HELD_OUT } from '../../../../../electron/engine/learning/labels/folds.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { putPhoto, rawVersion, Scratch } from '../../scratch.ts'
import { Album } from '../versions/labelled.ts'

const scratch = new Scratch()

describe('collectLabels', () => {
  test('has a row for each labelled photo with features', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 4)
    const cats = new Album(catalog, version, 'Cats', 6)
    const dogs = new Album(catalog, version, 'Dogs', 4)
    const withoutFeatures = putPhoto(catalog, '/photos/none.jpg')
    const alone = new Album(catalog, version, 'Other', 1).photos[0]!
    catalog.albumCommands.setUsedForTraining(catalog.albums.idOf('Other'), false)
    catalog.albumCommands.add(cats.id, [withoutFeatures])
    catalog.albumCommands.refuse(cats.id, [dogs.photos[0]!])
    catalog.albumCommands.notLike([cats.photos[0]!], alone)

    expect(new Set(labelledPhotos(catalog.albums.labels()))).toEqual(
      new Set([...cats.photos, ...dogs.photos, withoutFeatures, alone]),
    )
    const set = collectLabels(catalog, version.backboneId)
    expect(set.ids).toEqual([...cats.photos, ...dogs.photos, alone].sort((a, b) => a - b))
    expect(set.albumNames).toEqual(['Cats', 'Dogs'])
    const row = (photo: number): number => set.ids.findIndex(id => id === photo)
    expect(set.labels.refusedBy[row(dogs.photos[0]!)]).toEqual([0])
    expect(set.labels.notLike.get(row(cats.photos[0]!))).toEqual([row(alone)])
    expect(set.labels.albumsOf[row(alone)]).toEqual([])
  })

  test('groups what looks alike within a minute, and holds it out as a whole in libraries that had divided it', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 4)
    const cats = new Album(catalog, version, 'Cats', 10)
    const before = collectLabels(catalog, version.backboneId)
    keepFolds(catalog, before)
    const rowIn = (fold: number): number => before.folds.indexOf(fold)
    const [heldOut, learned] = [before.ids[rowIn(HELD_OUT)]!, before.ids[rowIn(1)]!]
    const features = catalog.features.asFloat32(version.backboneId, heldOut, PIPELINE_VERSION)!
    catalog.features.put(version.backboneId, learned, PIPELINE_VERSION, features)
    const setTime = catalog.db.prepare('UPDATE photo SET taken_at = ?, camera = ? WHERE id = ?')
    setTime.run(0, 'A', heldOut)
    setTime.run(30_000, 'A', learned)

    const { ids, groups, folds } = collectLabels(catalog, version.backboneId)
    const [one, other] = [ids.indexOf(heldOut), ids.indexOf(learned)]
    expect(groups[one]).toBe(groups[other])
    expect([folds[one], folds[other]]).toEqual([HELD_OUT, HELD_OUT])
    expect(new Set(groups).size).toBe(cats.photos.length - 1)
  })

  test('keepFolds stores the folds, and later photos do not change them', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 4)
    const cats = new Album(catalog, version, 'Cats', 10)
    const first = collectLabels(catalog, version.backboneId)
    keepFolds(catalog, first)
    for (const [row, id] of first.ids.entries())
      expect(catalog.trainings.photo(id)!.fold).toBe(first.folds[row])
    new Album(catalog, version, 'Dogs', 10)
    const second = collectLabels(catalog, version.backboneId)
    const foldsOfCats = second.ids.flatMap((id, row) => (cats.photos.includes(id) ? second.folds[row]! : []))
    expect(foldsOfCats).toEqual([...first.folds])
  })
})
