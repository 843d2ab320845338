// @vitest-environment jsdom
import { describe, expect, test } from 'vitest'
import type { PhotoDetails } from '../../../../electron/shared/contract.ts'
import { photoFacts, takenSource } from '../../../../renderer/components/photo-facts.ts'
import { formatTaken } from '../../../../renderer/locales/i18n.ts'

const unknown: PhotoDetails = {
  id: 1,
  name: 'a.jpg',
  paths: ['/a.jpg'],
  missing: false,
  format: 'JPEG',
  bytes: 1,
  width: 4,
  height: 3,
  video: null,
  damage: null,
  takenAt: null,
  takenFrom: null,
  takenPrecision: null,
  takenOffset: null,
  takenSubseconds: null,
  latitude: null,
  longitude: null,
  place: null,
  camera: null,
  lens: null,
  exposureSeconds: null,
  aperture: null,
  iso: null,
  focalLength: null,
  focalLength35: null,
  flash: null,
  orientation: null,
  software: null,
  title: null,
  caption: null,
  keywords: [],
  keywordPaths: [],
  rating: null,
  parts: [],
  partOf: null,
  addedAt: 0,
  thumbnailUrl: '',
  imageUrl: '',
}

describe('what the inspector says of a photo', () => {
  test('is only what is known', () => {
    expect(photoFacts(unknown)).toEqual([])
    expect(photoFacts({ ...unknown, rating: 0, flash: false })).toEqual([])
  })

  test('is camera, exposure, place and words', () => {
    const facts = photoFacts({
      ...unknown,
      camera: 'Canon EOS R5',
      exposureSeconds: 1 / 250,
      aperture: 2.8,
      iso: 6400,
      focalLength: 35,
      focalLength35: 56,
      flash: true,
      latitude: 48.8584,
      longitude: 2.2945,
      place: { city: 'Paris', country: 'France', countryCode: 'FR', kilometres: 1.4 },
      rating: 1,
      keywords: ['Tower', 'Night'],
    })
    expect(Object.fromEntries(facts.map(({ name, value }) => [name, value]))).toEqual({
      Keywords: 'Tower, Night',
      Rating: '1 star',
      'Taken near': 'Paris, France',
      Position: '48.8584, 2.2945',
      Camera: 'Canon EOS R5',
      Exposure: '1/250 s · f/2.8 · ISO 6400 · 35 mm · 56 mm on 35 mm film · Flash fired',
    })
    expect(facts.find(({ name }) => name === 'Taken near')?.note).toBe('1.4 km away')
  })

  test('says where a date comes from, and no more of it than was written', () => {
    expect(takenSource('EXIF DateTimeOriginal')).toBe('from EXIF DateTimeOriginal')
    expect(takenSource('file time')).toBe('when the file was saved')
    const date = Date.UTC(1974, 0, 1)
    expect(formatTaken(date, 'year')).toBe('1974')
    expect(formatTaken(date, 'month')).toBe('January 1974')
    expect(formatTaken(date, 'day')).toBe('January 1, 1974')
  })
})
