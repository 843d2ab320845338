import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { walk, type Found, type WalkOptions } from '../../../../electron/engine/import/walk.ts'
import { leftOutReasons } from '../../../../electron/shared/contract.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()
let root: string
beforeEach(() => (root = scratch.folder()))

function put(...names: string[]): void {
  for (const name of names) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, name)
  }
}

function walked(from = root, options: Partial<WalkOptions> = {}): Found[] {
  return [...walk(from, { ignore: [], exclude: [], ...options })]
}

const taken = (found: readonly Found[]): string[] =>
  found.filter(({ kind }) => kind === 'file').map(({ path }) => path.slice(root.length + 1))

const leftOut = (found: readonly Found[]): string[] =>
  found
    .flatMap(one => (one.kind === 'left-out' ? [`${one.path.slice(root.length + 1)}: ${one.reason}`] : []))
    .sort()

describe('what is no photo of the person', () => {
  test.each([
    ['$Recycle.Bin/S-1-5/old.jpg', 'recycle-bin'],
    ['RECYCLER/old.jpg', 'recycle-bin'],
    ['@Recycle/old.jpg', 'recycle-bin'],
    ['#recycle/old.jpg', 'recycle-bin'],
    ['.Trash-1000/files/old.jpg', 'recycle-bin'],
    ['.dtrash/files/old.jpg', 'recycle-bin'],
    ['#snapshot/GMT+00-2024.01.01/old.jpg', 'snapshot'],
    ['.snapshots/1/old.jpg', 'snapshot'],
    ['SYSTEM VOLUME INFORMATION/x.jpg', 'system'],
    ['@tmp/x.jpg', 'system'],
    ['__macosx/x.jpg', 'mac-copy'],
    ['@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg', 'previews'],
    ['.@__thumb/default.jpg', 'previews'],
    ['.thumbnails/1.jpg', 'previews'],
    ['Lightroom Catalog Previews.lrdata/0/x.jpg', 'previews'],
    ['Lightroom Library.lrlibrary/id/x.jpg', 'previews'],
    ['mipmaps-3a2f.d/0/1.jpg', 'previews'],
    ['appdata_oc8f7e6d5c4b/preview/1.jpg', 'previews'],
    ['[Originals]/a.jpg', 'before-edit'],
    ['.cache/a.jpg', 'hidden'],
  ])('%s: %s', (path, reason) => {
    put('mine/a.jpg', `mine/${path}`)
    const found = walked()
    expect(taken(found)).toEqual(['mine/a.jpg'])
    expect(leftOut(found)).toEqual([`mine/${path.split('/')[0]}: ${reason}`])
  })

  test('are single files too', () => {
    put('a.jpg', '._a.jpg', 'b.jpg_original', 'B.CR2_ORIGINAL', '.b.jpg', 'my_original.jpg', 'the original')
    const found = walked()
    expect(taken(found).sort()).toEqual(['a.jpg', 'my_original.jpg', 'the original'])
    expect(leftOut(found)).toEqual([
      '._a.jpg: mac-copy',
      '.b.jpg: hidden',
      'B.CR2_ORIGINAL: before-edit',
      'b.jpg_original: before-edit',
    ])
  })

  test.each([
    ['Photos Library.photoslibrary', 'originals/0/A.heic', 'resources/derivatives/0/A_1_105_c.jpeg'],
    ['Old Photos.photoslibrary', 'Masters/2015/a.jpg', 'resources/proxies/a.jpg'],
    ['iPhoto Library.photolibrary', 'Masters/2012/a.jpg', 'Thumbnails/1.jpg'],
    ['Aperture.aplibrary', 'Masters/2010/a.jpg', 'Previews/a.jpg'],
    ['Work.cocatalog', 'Originals/a.jpg', 'Cache/Thumbnails/a.jpg'],
  ])('is all of %s but the photos as they came, also where it is the root', (library, mine, made) => {
    put(`${library}/${mine}`, `${library}/${made}`, `${library}/cover.jpg`)
    expect(taken(walked())).toEqual([`${library}/${mine}`])
    expect(taken(walked(join(root, library)))).toEqual([`${library}/${mine}`])
    expect(leftOut(walked())).toEqual(
      [`${library}/${made.split('/')[0]}: photo-library`, `${library}/cover.jpg: photo-library`].sort(),
    )
  })

  test('is what iPhoto made in its library of before it was a package', () => {
    put('iPhoto Library/AlbumData.xml', 'iPhoto Library/Originals/2008/a.jpg', 'iPhoto Library/Data/a.jpg')
    expect(taken(walked())).toEqual(['iPhoto Library/Originals/2008/a.jpg'])
  })

  test('is a library of Kindred', () => {
    put('old library/catalog.db', 'old library/labels.journal', 'old library/thumbnails/00/1.webp', 'a.jpg')
    expect(taken(walked())).toEqual(['a.jpg'])
    expect(leftOut(walked())).toEqual(['old library: kindred-library'])
    expect(leftOut(walked(root, { exclude: [join(root, 'old library')] }))).toEqual([
      'old library: kindred-library',
    ])
  })

  test('are the sizes that web galleries make, but no folders of these names elsewhere', () => {
    put('piwigo/galleries/a.jpg', 'piwigo/_data/i/a-th.jpg', 'mine/_data/b.jpg')
    put('uploads/big/c.jpg', 'uploads/small/c.jpg', 'uploads/medium/c.jpg', 'uploads/thumb/c.jpg')
    put('prints/small/d.jpg', 'prints/medium/d.jpg')
    put('immich/library/e.jpg', 'immich/thumbs/e.jpg', 'immich/encoded-video/f.jpg', 'thumbs/g.jpg')
    put('photoprism/storage/.ppstorage', 'photoprism/storage/cache/h.jpg')
    expect(taken(walked()).sort()).toEqual([
      'immich/library/e.jpg',
      'mine/_data/b.jpg',
      'piwigo/galleries/a.jpg',
      'prints/medium/d.jpg',
      'prints/small/d.jpg',
      'thumbs/g.jpg',
      'uploads/big/c.jpg',
    ])
  })

  test('is a folder with .nomedia, unless the setting says otherwise', () => {
    put('secret/.nomedia', 'secret/deep/a.jpg', 'b.jpg')
    expect(taken(walked())).toEqual(['b.jpg'])
    expect(leftOut(walked())).toEqual(['secret: nomedia'])
    expect(taken(walked(root, { takesNoMedia: true })).sort()).toEqual(['b.jpg', 'secret/deep/a.jpg'])
  })

  test('is never the folder that somebody chose', () => {
    put('@Recycle/.nomedia', '@Recycle/a.jpg', '@Recycle/@Recycle/b.jpg')
    expect(taken(walked(join(root, '@Recycle')))).toEqual(['@Recycle/a.jpg'])
  })

  test.runIf(process.platform !== 'win32')('is not taken by way of a link either', () => {
    put('bin/a.jpg')
    symlinkSync(join(root, 'bin'), join(root, '@Recycle'))
    expect(taken(walked())).toEqual(['bin/a.jpg'])
    expect(leftOut(walked())).toEqual(['@Recycle: recycle-bin'])
  })

  test('is what a pattern names, below the folder for which it was given', () => {
    put('a/raw/1.jpg', 'b/raw/2.jpg', 'a/3.png', 'b/4.png')
    const options = { ignore: ['*.png'], ignoreIn: { [join(root, 'a')]: ['raw/**'] } }
    expect(taken(walked(root, options))).toEqual(['b/raw/2.jpg'])
    expect(
      new Set(walked(root, options).flatMap(one => (one.kind === 'left-out' ? [one.reason] : []))),
    ).toEqual(new Set(['ignored']))
  })

  test('each reason is one that interfaces have words for', () => {
    put('@Recycle/a.jpg', '.b.jpg', 'c.jpg_original', 'x/.nomedia')
    for (const found of walked())
      if (found.kind === 'left-out') expect(leftOutReasons).toContain(found.reason)
  })
})
