import { z } from 'zod'
import type { AlbumChange } from './album-change.ts'
import type { Damage } from './damage.ts'
import type { ErrorCode, PlainError } from './errors.ts'
import type {
  AlbumsMade,
  DoctorResult,
  ImportResult,
  IndexStatus,
  JobProgress,
  ModelSummary,
  RuntimeStatus,
} from './results.ts'
import {
  LEAST_WEIGHT,
  MOST_CAPTIONS,
  MOST_EXAMPLES,
  MOST_FOLDERS,
  MOST_VALUES,
  MOST_WEIGHT,
} from './query-limits.ts'
import type { TrainingReport } from './training-report.ts'
import type { TooFewAlbums, TrainingWait } from './training-wait.ts'
import { HEAD_BYTES } from './transfer-limits.ts'

/**
 * All methods that an interface of Kindred can call, and all events that the engine sends. Only JSON values cross here;
 * pixels travel by media URL (media-url.ts), vectors stay in the engine.
 */

const photoId = z.int().positive()
const score = z.number().min(0).max(1)
const path = z.string().min(1).max(4096)
const albumId = z.int().positive()
const albumName = z.string().trim().min(1).max(200)
const photoIds = z.array(photoId).min(1).max(100_000)
const modelId = z.int().positive()
const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4

/** A part of a picture as it is shown, in shares of its width and height. */
const crop = z.strictObject({ x: score, y: score, width: score, height: score })
const weighed = {
  /** How much it counts beside the others; without it, 1. */
  weight: z.number().min(LEAST_WEIGHT).max(MOST_WEIGHT).optional(),
  /** The part that is meant; without it, all of the picture. */
  crop: crop.optional(),
}

/** An example to search by: a photo of the library, or an external image that was uploaded (media-url.ts). */
const example = z.union([
  z.strictObject({ photo: photoId, ...weighed }),
  z.strictObject({ upload: z.string().max(64), ...weighed }),
])
export type Example = z.infer<typeof example>

/** Which photos may be results. All conditions that are given hold together; without any, all photos may. */
const filter = z.strictObject({
  /** In any of these albums. */
  albums: z.array(albumId).max(MOST_VALUES).optional(),
  /** In none of these albums. */
  notAlbums: z.array(albumId).max(MOST_VALUES).optional(),
  /** In no album at all. */
  noAlbum: z.boolean().optional(),
  /** In any of these folders, or below it. */
  folders: z.array(path).max(MOST_FOLDERS).optional(),
  /**
   * Taken from this moment on, and before that one: milliseconds of the wall clock at the place of capture, as if it
   * were UTC; the file's own date where a photo has none.
   */
  takenFrom: z.number().optional(),
  takenBefore: z.number().optional(),
  /** As `photos.facets` names them. */
  cameras: z.array(z.string().max(500)).max(MOST_VALUES).optional(),
  formats: z.array(z.string().max(100)).max(MOST_VALUES).optional(),
  /** Square: the longer side is less than a twentieth longer than the other. */
  shapes: z
    .array(z.enum(['landscape', 'portrait', 'square']))
    .max(3)
    .optional(),
  kinds: z
    .array(z.enum(['photo', 'video']))
    .max(2)
    .optional(),
})
export type Filter = z.infer<typeof filter>

/** What the photos of the library can be filtered by. Counts are of photos that can be reached. */
export interface Facets {
  /** The most frequent first. */
  readonly cameras: readonly { readonly value: string; readonly photos: number }[]
  readonly formats: readonly { readonly value: string; readonly photos: number }[]
  /** Every folder that holds photos or has such a folder below it, in the order of their paths; with what is below. */
  readonly folders: readonly { readonly path: string; readonly photos: number }[]
  /** The first and the last moment, in milliseconds as in `PhotoList.dates`; null for a library without photos. */
  readonly taken: { readonly from: number; readonly to: number } | null
  /** Photos that are in no album. */
  readonly noAlbum: number
}

/** Photos in the order of the grid, newest first, as columns: 100,000 photos take a few megabytes. */
export interface PhotoList {
  readonly generation: number
  readonly ids: readonly number[]
  /** Width divided by height, as shown. */
  readonly aspects: readonly number[]
  /** 0xRRGGBB, shown until the thumbnail has loaded. */
  readonly colors: readonly number[]
  /** Wall clock time at the place of capture, in milliseconds as if it were UTC; without one, the file's own date. */
  readonly dates: readonly number[]
  /** Seconds of a video; 0 for a photo, -1 for a video that does not say it. */
  readonly durations: readonly number[]
  /** Ids of those that are damaged: few, if any. */
  readonly damaged: readonly number[]
  /** What parts a photo has: 1 for a RAW file, 2 for a video, 4 for an original, 8 for a film within; the sum of these. */
  readonly parts: readonly number[]
}

/** Photos that came into the library together. */
export interface ImportBatch {
  /** When the first of them was added. */
  readonly at: number
  readonly ids: readonly number[]
  /** Where they come from: for each folder of the library, the innermost one that holds all those below it. */
  readonly folders: readonly string[]
}

/** What is known of how, when and where a photo was taken, and what people wrote about it. */
export interface PhotoMetadataDetails {
  /** Milliseconds of the wall clock at the place of capture, as if it were UTC; without one, of the file's own date. */
  readonly takenAt: number | null
  /** The field that says so, such as `EXIF DateTimeOriginal`, or `file name`, `folder name`, `file time`. */
  readonly takenFrom: string | null
  /** How much of it was written. */
  readonly takenPrecision: 'year' | 'month' | 'day' | 'minute' | 'second' | null
  /** From UTC, such as `+02:00` or `Z`. */
  readonly takenOffset: string | null
  /** Digits after the second. */
  readonly takenSubseconds: string | null
  /** Degrees, WGS 84. */
  readonly latitude: number | null
  readonly longitude: number | null
  /** The nearest city; null where there is none near. */
  readonly place: {
    readonly city: string
    readonly region?: string
    readonly country: string
    /** ISO 3166-1, two letters. */
    readonly countryCode: string
    /** From the city to the photo. */
    readonly kilometres: number
    /** Such as `Europe/Paris`. */
    readonly timeZone?: string
  } | null
  readonly camera: string | null
  readonly lens: string | null
  readonly exposureSeconds: number | null
  /** The f-number. */
  readonly aperture: number | null
  readonly iso: number | null
  /** Millimetres; the second one as on 35 mm film. */
  readonly focalLength: number | null
  readonly focalLength35: number | null
  /** Whether it fired. */
  readonly flash: boolean | null
  /** 1 to 8 as in EXIF; the picture is shown upright. */
  readonly orientation: number | null
  readonly software: string | null
  readonly title: string | null
  readonly caption: string | null
  readonly keywords: readonly string[]
  /** Keywords with those above them, such as `Animals|Birds|Owl`. */
  readonly keywordPaths: readonly string[]
  /** 0 to 5 stars. */
  readonly rating: number | null
}

export interface VideoDetails {
  /** Unknown is null. */
  readonly durationSeconds: number | null
  /** Whether a frame of it is shown; otherwise its picture is drawn, and it is not found by likeness. */
  readonly hasFrame: boolean
}

/**
 * What a part is to its photo: the sensor's values of the same shot, the film around it, the picture from before it was
 * edited, or the film that a motion photo carries in its own file.
 */
export type PartRole = 'raw' | 'video' | 'original' | 'motion'

/** A file that belongs to a photo and is no photo of its own; of a motion photo, its film, with the photo's id and path. */
export interface PartDetails {
  readonly id: number
  readonly role: PartRole
  readonly name: string
  readonly path: string
  readonly format: string
}

export interface PhotoDetails extends PhotoMetadataDetails {
  readonly id: number
  readonly name: string
  readonly paths: readonly string[]
  /** None of its files can be reached: only the thumbnail is left. */
  readonly missing: boolean
  readonly format: string
  readonly bytes: number
  readonly width: number
  readonly height: number
  /** Present for a video. */
  readonly video: VideoDetails | null
  /** What of it is missing; null for a whole photo. */
  readonly damage: Damage | null
  readonly parts: readonly PartDetails[]
  /** The photo that shows this one, and its path; null for one that is shown by itself. */
  readonly partOf: { readonly id: number; readonly path: string } | null
  readonly addedAt: number
  readonly thumbnailUrl: string
  readonly imageUrl: string
}

export interface SearchResults {
  readonly model: string
  readonly millis: { readonly embed: number; readonly search: number; readonly total: number }
  /** Nearest first. */
  readonly ids: readonly number[]
  /** Cosine similarity clamped to 0…1. */
  readonly scores: readonly number[]
  readonly distances: readonly number[]
  /** For each, the calibrated probability that it is of the same kind as the query, 0…1. It falls with the score. */
  readonly probabilities: readonly number[]
  readonly end: SensibleEnd
  readonly calibration: CalibrationBasis
}

/** How many of the nearest photos make a sensible end of the results. */
export interface SensibleEnd {
  readonly count: number
  /** At a gap in the scores, where the probability falls under a half, or with the last result. */
  readonly reason: 'gap' | 'probability' | 'all'
}

/** What probabilities rest on. */
export interface CalibrationBasis {
  /** On this library's albums, or on how much nearer photos are than photos drawn at random. */
  readonly basis: 'albums' | 'neighbours'
  /** Pairs of photos of albums that it was fitted on; 0 without albums. */
  readonly pairs: number
}

/** What each place of the square in the middle of a picture adds to a score: the mean of all is the score. */
export interface RegionHeat {
  readonly rows: number
  readonly columns: number
  /** Row by row from the top left; below 0 where a place speaks against it. */
  readonly heat: readonly number[]
}

/** Why a result is similar to a query. */
export interface MatchingRegions {
  /** Index of the example that the result is most similar to. */
  readonly example: number
  /** Cosine similarity of the two photos, and their distance. */
  readonly score: number
  readonly distance: number
  readonly query: RegionHeat
  readonly result: RegionHeat
  /** The album that most of the photos around the result are in; null where they are in none. */
  readonly album: number | null
}

export interface FailedPhoto {
  readonly path: string
  readonly code: ErrorCode
  readonly message: string
}

/** A photo that is in the library although a part of it is missing. */
export interface DamagedPhoto {
  readonly id: number
  readonly path: string
  readonly damage: Damage
}

export interface Folder {
  readonly path: string
  readonly reachable: boolean
  readonly photos: number
  /** Patterns of what is left out of this folder. */
  readonly ignore: readonly string[]
  readonly watching: FolderWatching
}

/**
 * How changes in a folder are found: by hints of the system, or by looking at all of it again and again, because no hints
 * come from its drive or there are more folders than the system watches. `off`: not by themselves.
 */
export type FolderWatching = 'hints' | 'no-hints' | 'too-many-folders' | 'off'

/** Why something among the photos is left out (engine/import/not-photos.ts); `ignored`: by a pattern of the person. */
export const leftOutReasons = [
  'recycle-bin',
  'snapshot',
  'system',
  'mac-copy',
  'previews',
  'photo-library',
  'before-edit',
  'kindred-library',
  'nomedia',
  'hidden',
  'ignored',
] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

/** How much is left out for one reason; what lies in a folder that is left out is not counted. */
export interface LeftOutCount {
  readonly reason: LeftOutReason
  readonly folders: number
  readonly files: number
  /** The path of one of them. */
  readonly example: string
}

/** One folder's contents, for choosing a folder on a host without a dialog of its own. */
export interface FolderListing {
  readonly path: string
  readonly parent: string | null
  readonly folders: readonly { readonly name: string; readonly path: string }[]
  /** Number of files directly inside whose names are those of images. */
  readonly images: number
}

export interface LibrarySettings {
  /** Patterns of what is left out of all folders. */
  readonly ignore: readonly string[]
  /** Whether folders are taken that ask by a file `.nomedia` to be left out. */
  readonly takesNoMedia: boolean
  /** Whether changes in the folders are taken over as they happen. */
  readonly watches: boolean
}

export interface About {
  readonly version: string
  readonly libraryDir: string
  readonly thumbnailBytes: number
  readonly catalogBytes: number
  readonly indexBytes: number
  readonly index: IndexStatus
  readonly versions: Readonly<Record<string, string>>
  /** Whether exiftool can run, which reads what the quick readers of metadata leave out; on Linux and macOS it needs Perl. */
  readonly hasExiftool: boolean
  readonly model: {
    readonly name: string
    readonly file: string
    readonly inputSize: number
    readonly featureLength: number
    readonly sha256: string
    /** Markdown. */
    readonly card: string
  }
}

/** An album in the sidebar. */
export interface Album {
  readonly id: number
  readonly name: string
  readonly photos: number
  /** The first of its photos that can be reached. */
  readonly cover: number | null
  /** Whether it is used for training. */
  readonly teaches: boolean
  /** How many more photos it needs before training learns from it; until then its photos are negatives only. */
  readonly needs: number
}

/** What a command on albums has changed. */
export interface Changed {
  /** Names the change for undo and redo; null where nothing was changed. */
  readonly change: number | null
}

/** Photos that may belong to an album, the most likely first. */
export interface Suggestions {
  readonly ids: readonly number[]
  /** Probability that the photo belongs to the album, 0…1. */
  readonly confidences: readonly number[]
}

/** A photo whose label would be informative, with the albums that it may belong to, the most likely first. */
export interface Question {
  readonly photo: number
  readonly albums: readonly { readonly id: number; readonly confidence: number }[]
}

/** What the albums offer for training, and the training in progress. */
export interface TrainingStatus {
  /** Labels added or removed since the last training. */
  readonly labelsChanged: number
  /** Albums and photos that a training would use now. */
  readonly albums: number
  readonly photos: number
  /** Why a training cannot start; null when it can. */
  readonly blocked: TooFewAlbums | null
  /** Whether training starts by itself. */
  readonly automatic: boolean
  /** Why it does not start by itself at the moment, or is paused; null when it may. */
  readonly waitsFor: TrainingWait | null
  /** The running training and its curves so far. */
  readonly live: {
    readonly job: number
    readonly steps: number
    readonly curve: TrainingReport['curve']
    readonly mapAtRBefore: number
  } | null
}

export type JobState = 'running' | 'paused' | 'stopping' | 'done' | 'failed' | 'cancelled'

/** Kinds of jobs that an interface shows, by their names in the catalog. */
export const jobKinds = [
  'import',
  'changes',
  'samples',
  'evaluate',
  'albums',
  'train',
  'switch',
  'network',
  'index',
  'metadata',
] as const

export interface Job {
  readonly id: number
  readonly kind: (typeof jobKinds)[number]
  readonly state: JobState
  readonly progress: JobProgress
  readonly error?: PlainError
  /** Of a finished import, of folders or of what has changed in them. */
  readonly result?: Pick<ImportResult, 'photos' | 'added' | 'updated' | 'moved' | 'removed' | 'seconds'> & {
    readonly failed: number
    readonly damaged: number
  }
  /** Of finished albums of folders: how many, with how many photos, and the change that they are. */
  readonly made?: Pick<AlbumsMade, 'albums' | 'photos' | 'change'>
}

/** Snapshots: each holds the whole state, so a missed one does no harm. */
export interface Events {
  /** The set of photos. A list with another generation is outdated. */
  readonly library: {
    readonly photos: number
    readonly failed: number
    /** Photos of which a part is missing. */
    readonly damaged: number
    readonly generation: number
    readonly folders: number
    /** Folders and drives with photos that are not there at present, as far as they are watched. */
    readonly away: readonly string[]
  }
  readonly jobs: { readonly jobs: readonly Job[] }
  readonly albums: {
    readonly albums: readonly Album[]
    /** What undo and redo would do; null where there is nothing. */
    readonly undo: AlbumChange | null
    readonly redo: AlbumChange | null
    /** Goes up with every change to what is in albums. */
    readonly revision: number
  }
  readonly models: {
    /** The versions, the newest first. */
    readonly versions: readonly ModelSummary[]
    readonly training: TrainingStatus
  }
  readonly runtimes: RuntimeStatus
}

export type EventName = keyof Events
export const eventNames: readonly EventName[] = ['library', 'jobs', 'albums', 'models', 'runtimes']

/** A method: the schema of its input, and the type of its output (for the compiler only). */
export interface Method<I extends z.ZodType, O> {
  readonly input: I
  readonly output?: O
}

const method = <I extends z.ZodType>(input: I) => ({ returns: <O>(): Method<I, O> => ({ input }) })
const nothing = z.strictObject({})

const whichChange = z.strictObject({ change: z.int().positive().optional() })

/** All methods. Client and handlers are derived from this. */
export const contract = {
  'library.status': method(nothing).returns<Events['library']>(),
  'photos.list': method(nothing).returns<PhotoList>(),
  /** Photos of which all files are on drives, or in folders, that are not there at present. */
  'photos.away': method(nothing).returns<{ readonly ids: readonly number[] }>(),
  'photos.get': method(z.strictObject({ id: photoId })).returns<PhotoDetails>(),
  /** What a person calls photos by: the names of their files, and for each photo the albums that it is in. */
  'photos.captions': method(z.strictObject({ photos: z.array(photoId).max(MOST_CAPTIONS) })).returns<{
    readonly names: readonly string[]
    readonly albums: readonly (readonly number[])[]
  }>(),
  /** Writes the film of a motion photo into a private file, for a player; it is removed again when the library is closed. */
  'photos.film': method(z.strictObject({ id: photoId })).returns<{ readonly path: string }>(),
  /** What the library's photos can be filtered by, for menus. */
  'photos.facets': method(nothing).returns<Facets>(),
  /** The photos that match a filter, in no order; some of them may not be in the list at present. */
  'photos.matching': method(z.strictObject({ filter })).returns<{ readonly ids: readonly number[] }>(),
  /** The latest imports, the newest first: whole ones, until they hold so many photos. */
  'photos.imports': method(z.strictObject({ atLeast: z.int().min(1).max(100_000).default(2000) })).returns<{
    readonly imports: readonly ImportBatch[]
  }>(),
  'similar.search': method(
    z.strictObject({
      examples: z.array(example).min(1).max(MOST_EXAMPLES),
      not: z.array(example).max(MOST_EXAMPLES).default([]),
      k: z.int().min(1).max(100_000).default(500),
      min: score.default(0),
      max: score.default(1),
      filter: filter.optional(),
    }),
  ).returns<SearchResults>(),
  /** Which regions of a result match which of an example. */
  'similar.why': method(
    z.strictObject({ examples: z.array(example).min(1).max(MOST_EXAMPLES), photo: photoId }),
  ).returns<MatchingRegions>(),
  'folders.list': method(nothing).returns<{ readonly folders: readonly Folder[] }>(),
  'folders.browse': method(z.strictObject({ path: path.optional() })).returns<FolderListing>(),
  /** Adds folders to the library and imports them in the background. */
  'folders.add': method(z.strictObject({ paths: z.array(path).min(1).max(100) })).returns<{
    readonly job: number
  }>(),
  /** Removes a folder from the library. Its files stay where they are. */
  'folders.remove': method(z.strictObject({ path })).returns<{ readonly removed: number }>(),
  /** Looks for changes in all folders. */
  'folders.rescan': method(nothing).returns<{ readonly job: number }>(),
  /** The window has come to the front: folders that are watched are compared with the library, not too often. */
  'folders.look': method(nothing).returns<null>(),
  /** What the last look at the folders has left out, the reason with the most first. */
  'folders.leftOut': method(nothing).returns<{ readonly leftOut: readonly LeftOutCount[] }>(),
  /** Copies so many sample photos of each kind into the library's folder and imports them. */
  'samples.add': method(z.strictObject({ perKind: z.int().min(1).max(200).default(16) })).returns<{
    readonly job: number
  }>(),
  'jobs.list': method(nothing).returns<Events['jobs']>(),
  'jobs.pause': method(z.strictObject({ id: z.int() })).returns<null>(),
  'jobs.resume': method(z.strictObject({ id: z.int() })).returns<null>(),
  'jobs.cancel': method(z.strictObject({ id: z.int() })).returns<null>(),
  'failures.list': method(nothing).returns<{
    readonly failed: readonly FailedPhoto[]
    readonly damaged: readonly DamagedPhoto[]
  }>(),
  /** Reads the failed files again. */
  'failures.retry': method(nothing).returns<{ readonly job: number }>(),
  'settings.get': method(nothing).returns<LibrarySettings>(),
  /** Changes the settings that are given, and returns all. */
  'settings.set': method(
    z.strictObject({
      ignore: z.array(z.string().min(1).max(500)).max(200).optional(),
      takesNoMedia: z.boolean().optional(),
      watches: z.boolean().optional(),
    }),
  ).returns<LibrarySettings>(),
  'albums.list': method(nothing).returns<Events['albums']>(),
  'albums.create': method(
    z.strictObject({ name: albumName, photos: z.array(photoId).max(100_000).default([]) }),
  ).returns<Changed & { readonly id: number }>(),
  'albums.rename': method(z.strictObject({ id: albumId, name: albumName })).returns<Changed>(),
  'albums.delete': method(z.strictObject({ id: albumId })).returns<Changed>(),
  /** All albums in their new order. */
  'albums.reorder': method(z.strictObject({ ids: z.array(albumId).max(100_000) })).returns<Changed>(),
  'albums.setTeaches': method(z.strictObject({ id: albumId, teaches: z.boolean() })).returns<Changed>(),
  'albums.add': method(z.strictObject({ id: albumId, photos: photoIds })).returns<
    Changed & { readonly added: number }
  >(),
  'albums.remove': method(z.strictObject({ id: albumId, photos: photoIds })).returns<
    Changed & { readonly removed: number }
  >(),
  /** Its photos in the order in which they were added. */
  'albums.photos': method(z.strictObject({ id: albumId })).returns<{ readonly ids: readonly number[] }>(),
  'albums.ofPhotos': method(z.strictObject({ photos: photoIds })).returns<{
    /** For each photo the albums that it is in. */
    readonly albums: readonly (readonly number[])[]
  }>(),
  /** Makes an album of each sub-folder; photos that are not in the library yet are imported first. */
  'albums.importFolder': method(z.strictObject({ path })).returns<{ readonly job: number }>(),
  'albums.suggest': method(
    z.strictObject({ id: albumId, limit: z.int().min(1).max(500).default(60) }),
  ).returns<Suggestions>(),
  /** Labels the photos as not belonging there: they are not suggested again, and training uses them as hard negatives. */
  'albums.refuse': method(z.strictObject({ id: albumId, photos: photoIds })).returns<Changed>(),
  /** Labels the photo as belonging to none of these albums, as one change. */
  'albums.noneOf': method(
    z.strictObject({ albums: z.array(albumId).min(1).max(32), photo: photoId }),
  ).returns<Changed>(),
  'albums.askMe': method(z.strictObject({ limit: z.int().min(1).max(50).default(10) })).returns<{
    readonly questions: readonly Question[]
  }>(),
  /** Labels the photo as not similar to the anchors, for the next training. */
  'albums.notLike': method(
    z.strictObject({ anchors: z.array(photoId).min(1).max(MOST_EXAMPLES), photo: photoId }),
  ).returns<Changed>(),
  /** Undoes this change to albums, which has to be the latest of all; without an id, whichever that is. */
  'albums.undo': method(whichChange).returns<{ readonly undone: AlbumChange | null }>(),
  /** Redoes this change, which has to be the one that was undone last; without an id, whichever that is. */
  'albums.redo': method(whichChange).returns<{ readonly redone: AlbumChange | null }>(),
  'models.list': method(nothing).returns<Events['models']>(),
  /** The report card of a trained version. */
  'models.report': method(z.strictObject({ id: modelId })).returns<TrainingReport>(),
  /** Switches searches to this version: its index is built beside the old one, then swapped in. */
  'models.use': method(z.strictObject({ id: modelId })).returns<{ readonly job: number }>(),
  'models.train': method(
    z.strictObject({
      seed: z
        .int()
        .min(0)
        .max(2 ** 31)
        .default(1),
      deep: z.boolean().default(false),
    }),
  ).returns<{ readonly job: number }>(),
  'models.setAutomatic': method(z.strictObject({ automatic: z.boolean() })).returns<null>(),
  /** A head as one small file without photos: its name, and its bytes in base64. */
  'models.export': method(z.strictObject({ id: modelId })).returns<{
    readonly name: string
    readonly base64: string
  }>(),
  'models.import': method(
    z.strictObject({ name: z.string().max(200), base64: z.string().max(base64Length(HEAD_BYTES)) }),
  ).returns<{ readonly id: number }>(),
  /** Measures all kinds of index on this library and switches to the best. */
  'index.measure': method(nothing).returns<{ readonly job: number }>(),
  /** Measures the network's speed in each runtime again and uses the fastest; returns when that is done. */
  'runtimes.measure': method(nothing).returns<RuntimeStatus>(),
  about: method(nothing).returns<About>(),
  doctor: method(z.strictObject({ repair: z.boolean().default(false) })).returns<DoctorResult>(),
} as const

export type Contract = typeof contract
export type MethodName = keyof Contract
/** A method's input as callers pass it: fields with a default may be left out. */
export type Input<M extends MethodName> = z.input<Contract[M]['input']>
/** A method's input as handlers receive it, with defaults filled in. */
export type Parsed<M extends MethodName> = z.output<Contract[M]['input']>
export type Output<M extends MethodName> = Contract[M] extends Method<z.ZodType, infer O> ? O : never

export type Handlers = {
  readonly [M in MethodName]: (input: Parsed<M>, signal: AbortSignal) => Output<M> | Promise<Output<M>>
}
