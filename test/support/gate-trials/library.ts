import type { LabelledPhoto } from '../../../electron/engine/library/rows.ts'
import { trainingSet, type TrainingSet } from '../../../electron/engine/learning/labels/training-set.ts'
import {
  libraryPrior,
  type LibraryStatistics,
} from '../../../electron/engine/learning/training/discriminant-init.ts'
import { libraryStatistics } from '../../../electron/engine/learning/training/statistics.ts'
import type { AlbumId, PhotoId } from '../../../electron/shared/ids.ts'
import type { Random } from '../../../electron/shared/random.ts'
import type { Pool } from './pool.ts'

export interface LibraryShape {
  readonly albums: number
  readonly photos: number
  /** Share of the photos that are one more frame of the moment before: half a minute later, and nearly the same. */
  readonly bursts?: number
  /** Labels that mean nothing: whole moments are dealt to the albums at random. */
  readonly shuffled?: boolean
}

/** A library with albums, as a training sees it. */
export interface TrialLibrary {
  readonly set: TrainingSet
  readonly length: number
  /** Of the labelled photos, `rows × length`. */
  readonly features: Float32Array
  readonly statistics: LibraryStatistics
  readonly prior: ReturnType<typeof libraryPrior>
}

interface Moment {
  readonly album: number
  readonly frames: readonly Float32Array[]
}

/** Between two frames of a moment, and between two moments; milliseconds. */
const FRAME_GAP = 30_000
const MOMENT_GAP = 3_600_000
/** How far a further frame lies from the first, against the distance of two photos of the class. */
const FRAME_DISTANCE = 0.15
/** Photos in no album. */
const UNLABELLED = 400

/** Draws a library: its albums are classes of the pool. Labels, groups and folds are made by the program. */
export function drawLibrary(pool: Pool, shape: LibraryShape, random: Random): TrialLibrary {
  const { albums, shuffled = false } = shape
  const classes = random.shuffled([...Array(pool.classes).keys()]).slice(0, albums)
  const moments = classes.flatMap((c, album) => momentsOf(pool, c, album, shape, random))
  const own = moments.map(({ album }) => album)
  const dealt = shuffled ? random.shuffled(own) : own
  const photos = moments.flatMap(({ frames }, moment) =>
    frames.map((features, frame) => ({
      features,
      album: dealt[moment]! as AlbumId,
      takenAt: moment * MOMENT_GAP + frame * FRAME_GAP,
    })),
  )
  const idOf = (row: number): PhotoId => (row + 1) as PhotoId
  const labelled = photos.map(({ takenAt }, row): LabelledPhoto => ({
    id: idOf(row),
    contentHash: Buffer.from(Array.from({ length: 8 }, () => random.int(0, 255))),
    ...{ perceptualHash: null, takenAt, camera: 'A', fold: -1 },
  }))
  const set = trainingSet(
    {
      albums: classes.map((_, album) => ({
        ...{ id: album as AlbumId, name: `Album ${album}`, usedForTraining: true },
      })),
      members: photos.map(({ album }, row) => ({ albumId: album, photoId: idOf(row) })),
      refused: [],
      notLike: [],
    },
    new Map(labelled.map(photo => [photo.id, photo])),
    id => photos[id - 1]!.features,
  )
  const features = photos.map(photo => photo.features)
  const others = Array.from({ length: UNLABELLED }, () =>
    pool.draw(random.int(0, pool.classes - 1), 1, random),
  )
  const statistics = libraryStatistics(joined([...features, ...others.flat()]), pool.length)
  return {
    ...{ set, length: pool.length, features: joined(features), statistics },
    prior: libraryPrior(statistics),
  }
}

function momentsOf(
  pool: Pool,
  c: number,
  album: number,
  { photos, bursts = 0 }: LibraryShape,
  random: Random,
): Moment[] {
  const moments: { album: number; frames: Float32Array[] }[] = []
  for (const photo of pool.draw(c, photos, random)) {
    const last = moments.at(-1)
    if (last && random.chance(bursts)) last.frames.push(nearly(last.frames[0]!, photo))
    else moments.push({ album, frames: [photo] })
  }
  return moments
}

const nearly = (frame: Float32Array, other: Float32Array): Float32Array =>
  frame.map((value, i) => value + FRAME_DISTANCE * (other[i]! - value))

function joined(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]!.length
  const all = new Float32Array(rows.length * length)
  for (const [row, values] of rows.entries()) all.set(values, row * length)
  return all
}
