import type { PhotoMetadataDetails } from '../../../shared/contract.ts'
import { clockMillis } from '../clock-millis.ts'
import type { PhotoFacts } from './photos.ts'

/** The metadata as interfaces show them: unknown is null, and a photo without a date of its own has that of a file. */
export function describeMetadata({ metadata, fileDate }: PhotoFacts): PhotoMetadataDetails {
  const { taken } = metadata
  const clock = taken && { ...taken, millis: clockMillis(taken) }
  const date = clock ?? fileDate
  return {
    takenAt: date?.millis ?? null,
    takenFrom: date?.from ?? null,
    takenPrecision: date?.precision ?? null,
    takenOffset: taken?.offset ?? null,
    takenSubseconds: taken?.subseconds ?? null,
    latitude: metadata.latitude ?? null,
    longitude: metadata.longitude ?? null,
    place: metadata.place ?? null,
    camera: metadata.camera ?? null,
    lens: metadata.lens ?? null,
    exposureSeconds: metadata.exposureSeconds ?? null,
    aperture: metadata.aperture ?? null,
    iso: metadata.iso ?? null,
    focalLength: metadata.focalLength ?? null,
    focalLength35: metadata.focalLength35 ?? null,
    flash: metadata.flash ?? null,
    orientation: metadata.orientation ?? null,
    software: metadata.software ?? null,
    title: metadata.title ?? null,
    caption: metadata.caption ?? null,
    keywords: metadata.keywords ?? [],
    keywordPaths: metadata.keywordPaths ?? [],
    rating: metadata.rating ?? null,
  }
}
