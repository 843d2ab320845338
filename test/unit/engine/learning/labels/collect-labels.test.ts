import { describe, expect, test } from 'vitest'
import {
  collectLabels,
  keepFolds,
  labelledPhotos,
} from '../../../../../electron/engine/learning/labels/collect-labels.ts'
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
