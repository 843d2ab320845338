/** @file Which files of one folder and stem belong together. */
import { basename, dirname, extname } from 'node:path'
import type { FileRole, PairCandidate, Part } from '../library/catalog/parts.ts'
import { commonStem, isNamedEdited } from '../library/pair-key.ts'
import type { FilePath } from '../library/paths.ts'
import { isRaw } from '../media/formats/image-formats.ts'

/** Milliseconds that the dates of one shot differ by: cameras write a RAW file and its JPEG one after the other. */
const SAME_SHOT = 5_000
/** The film of a Live Photo lasts about three seconds, that of a Galaxy or a Pixel no longer. */
const LONGEST_LIVE_SECONDS = 5
/** A film may have its time in UTC, its photo in that of the place. Zones lie a multiple of this apart … */
const ZONE_STEP = 15 * 60_000
/** … and so much at most (UTC−12 to UTC+14). */
const FARTHEST_ZONE = 14 * 3_600_000

/** Formats of photos that a camera writes beside its RAW file. */
const besideRaw = new Set(['JPEG', 'HEIC'])

type Kind = 'photo' | 'raw' | 'video'

/**
 * Says which of the files are parts of others. Where several could be what a file belongs to, the one whose name is spelt
 * the same counts, then a HEIC, then the first by its path. What a file is a part of is never a part itself.
 * @param files present files of one pair key (library/pair-key.ts), in the order of their paths
 */
export function pairFiles(files: readonly PairCandidate[]): Map<PairCandidate, Part> {
  return new Map(groupsOf(files).flatMap(together => [...pairsOf(together)]))
}

/** A pair key is shared by chance, too. */
const groupsOf = (files: readonly PairCandidate[]): PairCandidate[][] =>
  [...Map.groupBy(files, ({ path }) => `${dirname(path)}\0${commonStem(path)}`).values()].filter(
    ({ length }) => length > 1,
  )

function pairsOf(files: readonly PairCandidate[]): Map<PairCandidate, Part> {
  const parts = new Map<PairCandidate, Part>()
  const [edits, plain] = [files.filter(isEdit), files.filter(file => !isEdit(file))]
  const put = (file: PairCandidate, main: PairCandidate | undefined, role: FileRole): void => {
    const of = main && (parts.get(main)?.of ?? main.photo)
    // The same content under two names is a copy.
    if (of !== undefined && of !== file.photo) parts.set(file, { of, role })
  }
  const ofKind = (kind: Kind): PairCandidate[] => [...edits, ...plain].filter(file => kindOf(file) === kind)
  /** Looks among the files with the same name first, and then among edited versions. */
  const find = (file: PairCandidate, fits: (other: PairCandidate) => boolean): PairCandidate | undefined =>
    best(file, isEdit(file) ? edits : plain, fits) ?? (isEdit(file) ? undefined : best(file, edits, fits))

  for (const file of ofKind('photo'))
    if (!isEdit(file)) put(file, best(file, edits, isVersionOf(file)), 'original')
  for (const file of ofKind('raw'))
    put(
      file,
      find(file, other => besideRaw.has(other.format) && isSameShot(file, other)),
      'raw',
    )
  for (const file of ofKind('video')) {
    const moment = (kind: Kind) => (other: PairCandidate) =>
      kindOf(other) === kind && isSameMoment(file, other)
    if (isLive(file)) put(file, find(file, moment('photo')) ?? find(file, moment('raw')), 'video')
    if (!parts.has(file) && !isEdit(file)) put(file, best(file, edits, isVersionOf(file)), 'original')
  }
  return parts
}

const isEdit = ({ path }: PairCandidate): boolean => isNamedEdited(path)

const isVersionOf = (file: PairCandidate) => (edit: PairCandidate) =>
  kindOf(edit) === kindOf(file) && isSameShot(file, edit)

function best(
  file: PairCandidate,
  others: readonly PairCandidate[],
  fits: (other: PairCandidate) => boolean,
): PairCandidate | undefined {
  const isSpeltSame = (other: PairCandidate): boolean => spelling(other.path) === spelling(file.path)
  const fitting = others.filter(other => other !== file && fits(other))
  return fitting.toSorted(
    (a, b) =>
      Number(isSpeltSame(b)) - Number(isSpeltSame(a)) ||
      Number(b.format === 'HEIC') - Number(a.format === 'HEIC'),
  )[0]
}

const spelling = (path: FilePath): string => basename(path).slice(0, -extname(path).length || undefined)

const kindOf = ({ format, duration }: PairCandidate): Kind =>
  duration !== null ? 'video' : isRaw(format) ? 'raw' : 'photo'

/** A film that does not say how long it is may be of any length. */
const isLive = ({ duration }: PairCandidate): boolean =>
  duration !== null && duration >= 0 && duration <= LONGEST_LIVE_SECONDS

/** Days in milliseconds: of a date without a time, only the day is known. */
const DAY = 86_400_000

/** Whether their dates do not speak against it that two files are of one shot. */
function isSameShot(a: PairCandidate, b: PairCandidate): boolean {
  if (a.takenAt === null || b.takenAt === null) return true
  return Math.abs(a.takenAt - b.takenAt) <= tolerance(a, b)
}

/** The same of a film and a photo, which may have their dates in different time zones. */
function isSameMoment(film: PairCandidate, photo: PairCandidate): boolean {
  if (film.takenAt === null || photo.takenAt === null) return true
  const apart = Math.abs(film.takenAt - photo.takenAt)
  const fromZone = Math.abs(apart - Math.round(apart / ZONE_STEP) * ZONE_STEP)
  return apart <= FARTHEST_ZONE + SAME_SHOT && fromZone <= tolerance(film, photo)
}

function tolerance(a: PairCandidate, b: PairCandidate): number {
  const precisions = [a.takenPrecision, b.takenPrecision]
  if (precisions.includes('year')) return 366 * DAY
  if (precisions.includes('month')) return 31 * DAY
  if (precisions.includes('day')) return DAY
  return precisions.includes('minute') ? 60_000 : SAME_SHOT
}
