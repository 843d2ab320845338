import { describe, expect, test } from 'vitest'
import { pairFiles } from '../../../../electron/engine/import/pairing-rule.ts'
import type { PairCandidate } from '../../../../electron/engine/library/catalog/parts.ts'
import { pairKey } from '../../../../electron/engine/library/pair-key.ts'
import { isRaw } from '../../../../electron/engine/media/formats/image-formats.ts'
import type { FileId, PhotoId } from '../../../../electron/shared/ids.ts'
import { rawFiles } from '../../../support/raw-files.ts'

const formats: Readonly<Record<string, string>> = { jpg: 'JPEG', jpeg: 'JPEG', tif: 'TIFF' }
const NOON = Date.UTC(2019, 6, 1, 12, 0, 0)

type Details = Partial<Pick<PairCandidate, 'takenAt' | 'takenPrecision' | 'duration' | 'photo'>>

/** Files at these paths, each a photo of its own; films last three seconds. */
function files(paths: Readonly<Record<string, Details>>): PairCandidate[] {
  return Object.entries(paths).map(([path, details], n) => {
    const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
    const isFilm = ['mov', 'mp4'].includes(ending)
    return {
      file: (n + 1) as FileId,
      path: path.startsWith('/') ? path : `/photos/${path}`,
      photo: (n + 1) as PhotoId,
      format: formats[ending] ?? ending.toUpperCase(),
      duration: isFilm ? 3 : null,
      takenAt: NOON,
      takenPrecision: 'second',
      ...details,
    }
  })
}

/** Returns the parts by their names, such as `IMG_1.CR2: raw of IMG_1.JPG`. */
function parts(paths: Readonly<Record<string, Details>>): string[] {
  const all = files(paths)
  const nameOf = (path: string): string => path.replace('/photos/', '')
  const paired = [...pairFiles(all)].map(([file, { of, role }]) => {
    const main = all.find(({ photo }) => photo === of)!
    return `${nameOf(file.path)}: ${role} of ${nameOf(main.path)}`
  })
  return paired.sort()
}

describe('parts of photos', () => {
  test.each([
    ['IMG_1.CR2', 'IMG_1.JPG', 'raw'],
    ['img_1.cr3', 'IMG_1.jpeg', 'raw'],
    ['DSC1.ARW', 'DSC1.HEIC', 'raw'],
    ['IMG_1.MOV', 'IMG_1.HEIC', 'video'],
    ['IMG_1.mov', 'IMG_1.JPG', 'video'],
    ['PXL_1.MP4', 'PXL_1.jpg', 'video'],
    ['IMG_1.MOV', 'IMG_1.DNG', 'video'],
    ['IMG_1234.HEIC', 'IMG_E1234.HEIC', 'original'],
    ['IMG_1234.HEIC', 'img_e1234.jpg', 'original'],
    ['IMG_1234.DNG', 'IMG_E1234.HEIC', 'raw'],
  ])('%s belongs to %s', (part, main, role) => {
    expect(parts({ [part]: {}, [main]: {} })).toEqual([`${part}: ${role} of ${main}`])
    expect(parts({ [main]: {}, [part]: {} })).toEqual([`${part}: ${role} of ${main}`])
    const [a, b] = [part, main].map(name => pairKey(`/photos/${name}`))
    expect(a).toBe(b)
  })

  test('of one shot are all parts of what shows it', () => {
    const all = ['IMG_1234.DNG', 'IMG_1234.HEIC', 'IMG_1234.MOV', 'IMG_E1234.HEIC', 'IMG_E1234.MOV']
    expect(parts(Object.fromEntries(all.map(name => [name, {}])))).toEqual([
      'IMG_1234.DNG: raw of IMG_E1234.HEIC',
      'IMG_1234.HEIC: original of IMG_E1234.HEIC',
      'IMG_1234.MOV: video of IMG_E1234.HEIC',
      'IMG_E1234.MOV: video of IMG_E1234.HEIC',
    ])
    const proRaw = { 'IMG_1234.DNG': {}, 'IMG_1234.MOV': {}, 'IMG_E1234.HEIC': {} }
    expect(parts(proRaw)).toEqual([
      'IMG_1234.DNG: raw of IMG_E1234.HEIC',
      'IMG_1234.MOV: video of IMG_E1234.HEIC',
    ])
    const films = { 'IMG_1234.MOV': { duration: 60 }, 'IMG_E1234.MOV': { duration: 40 } }
    expect(parts(films)).toEqual(['IMG_1234.MOV: original of IMG_E1234.MOV'])
  })

  test('are those of the same spelling before others', () => {
    const two = { 'IMG_1.CR2': {}, 'IMG_1.JPG': {}, 'img_1.CR2': {}, 'img_1.jpg': {} }
    expect(parts(two)).toEqual(['IMG_1.CR2: raw of IMG_1.JPG', 'img_1.CR2: raw of img_1.jpg'])
    const copy = { 'IMG_1.HEIC': {}, 'IMG_1.JPG': {}, 'IMG_1.MOV': {} }
    expect(parts(copy)).toEqual(['IMG_1.MOV: video of IMG_1.HEIC'])
  })

  test.each<[string, Readonly<Record<string, Details>>]>([
    ['a long film', { 'IMG_1.MOV': { duration: 180 }, 'IMG_1.JPG': {} }],
    ['a film of unknown length', { 'IMG_1.MOV': { duration: -1 }, 'IMG_1.JPG': {} }],
    ['a film of another day', { 'IMG_1.MOV': { takenAt: NOON + 86_400_000 }, 'IMG_1.JPG': {} }],
    ['a film of some minutes later', { 'IMG_1.MOV': { takenAt: NOON + 7 * 60_000 }, 'IMG_1.JPG': {} }],
    ['a file in another folder', { '/a/IMG_1.CR2': {}, '/b/IMG_1.JPG': {} }],
    ['a RAW file of another shot', { 'IMG_1.CR2': { takenAt: NOON + 8000 }, 'IMG_1.JPG': {} }],
    ['a burst', { 'IMG_1.JPG': {}, 'IMG_1_BURST001.JPG': {}, 'IMG_1_BURST001_COVER.JPG': {} }],
    ['numbered copies', { 'IMG_1.CR2': {}, 'IMG_1 (1).JPG': {}, 'IMG_1-2.JPG': {} }],
    ['two photos of one stem', { 'IMG_1.HEIC': {}, 'IMG_1.JPG': {}, 'IMG_1.PNG': {}, 'IMG_1.TIF': {} }],
    ['a TIFF that was developed', { 'IMG_1.CR2': {}, 'IMG_1.TIF': {} }],
    ['a short number after E', { 'IMG_E12.JPG': {}, 'IMG_12.JPG': {} }],
    ['an edit of another shot', { 'IMG_1234.JPG': {}, 'IMG_E1234.JPG': { takenAt: NOON - 60_000 } }],
    ['the same content twice', { 'IMG_1234.JPG': {}, 'IMG_E1234.JPG': { photo: 1 as PhotoId } }],
    ['files whose pair keys are the same by chance', { 'a.CR2': {}, 'b.JPG': {} }],
  ])('are not made of %s', (_, paths) => {
    expect(parts(paths)).toEqual([])
  })

  test('may lack a date, have only its day, or have it in UTC', () => {
    expect(parts({ 'IMG_1.CR2': { takenAt: null }, 'IMG_1.JPG': {} })).toHaveLength(1)
    const day = { takenAt: Date.UTC(2019, 6, 1), takenPrecision: 'day' } as const
    expect(parts({ 'IMG_1.CR2': day, 'IMG_1.JPG': {} })).toHaveLength(1)
    expect(parts({ 'IMG_1.MOV': { takenAt: NOON - 5.5 * 3_600_000 + 2000 }, 'IMG_1.HEIC': {} })).toHaveLength(
      1,
    )
  })

  test('are never what another is a part of', () => {
    const endings = ['JPG', 'HEIC', 'DNG', 'MOV', 'jpg', 'CR2']
    let seed = 7
    const random = (below: number): number => (seed = (seed * 48_271) % 0x7fffffff) % below
    for (let round = 0; round < 500; round++) {
      const names = ['IMG_1234', 'IMG_E1234', 'img_1234'].flatMap(stem =>
        endings.filter(() => random(2) === 0).map(ending => `${stem}.${ending}`),
      )
      const details = (): Details => ({
        photo: (1 + random(8)) as PhotoId,
        takenAt: [null, NOON, NOON + 60_000][random(3)]!,
      })
      const all = files(Object.fromEntries(names.map(name => [name, details()])))
      const paired = pairFiles(all)
      for (const [file, { of }] of paired) {
        expect(of).not.toBe(file.photo)
        expect(all.some(other => other.photo === of && !paired.has(other))).toBe(true)
      }
    }
  })
})

test('every format of RAW files is known by its name', () => {
  expect(Object.keys(rawFiles).filter(format => !isRaw(format))).toEqual([])
})
