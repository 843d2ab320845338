import type { Command } from 'commander'
import { clockText } from '../engine/library/clock-millis.ts'
import type { Engine } from '../engine/engine.ts'
import { describeDamage } from '../shared/damage.ts'
import { KindredError } from '../shared/errors.ts'
import type { PhotoId } from '../shared/ids.ts'
import type { ShownPhoto, ShowResult } from '../shared/results.ts'
import { failureLines, findPhotos } from './find-photos.ts'
import { toPath, withEngine } from './session.ts'
import { showReport } from './show-report.ts'

/** The command that says what is known about photos. */
export function showCommand(program: Command): void {
  program
    .command('show')
    .description('all that is known about photos, and where it comes from; of a folder, about all in it')
    .argument('<path...>', 'photos of the library, or folders')
    .action((paths: string[], _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const { photos, failed } = findPhotos(engine, paths)
        if (photos.length === 0) throw new KindredError(failed[0]!.code, failed[0]!.message)
        const asked = new Set(paths.map(toPath))
        const result: ShowResult = { photos: photos.map(id => shownPhoto(engine, id, asked)), failed }
        return {
          result,
          report: [showReport(result.photos), ...failureLines(failed)].join('\n'),
          status: failed.length > 0 ? 3 : 0,
        }
      }),
    )
}

/** @param asked paths that were typed: the photo is shown under its own of them */
function shownPhoto({ overview, albums }: Engine, id: PhotoId, asked: ReadonlySet<string>): ShownPhoto {
  const { details } = overview.photo(id)
  const { paths, takenAt, takenOffset, place } = details
  const path = paths.find(other => asked.has(other)) ?? paths[0] ?? ''
  return {
    id,
    path,
    copies: paths.filter(other => other !== path),
    takenAt: takenAt === null ? null : clockText(takenAt) + (takenOffset ?? ''),
    takenFrom: details.takenFrom,
    takenPrecision: details.takenPrecision,
    takenSubseconds: details.takenSubseconds,
    width: details.width,
    height: details.height,
    bytes: details.bytes,
    format: details.format,
    parts: details.parts.map(({ role, path }) => ({ role, path })),
    partOf: details.partOf?.path ?? null,
    latitude: details.latitude,
    longitude: details.longitude,
    place: place && [place.city, place.region, place.country].filter(Boolean).join(', '),
    placeDetails: place,
    camera: details.camera,
    lens: details.lens,
    exposureSeconds: details.exposureSeconds,
    aperture: details.aperture,
    iso: details.iso,
    focalLength: details.focalLength,
    focalLength35: details.focalLength35,
    flash: details.flash,
    orientation: details.orientation,
    software: details.software,
    title: details.title,
    caption: details.caption,
    rating: details.rating,
    keywords: details.keywords,
    keywordPaths: details.keywordPaths,
    albums: albums.queries.albumsOf(id).map(album => albums.queries.nameOf(album)),
    words: [],
    damaged: details.damage && describeDamage(details.damage),
  }
}
