import type { Filter } from '../../../shared/contract.ts'
import { KindredError } from '../../../shared/errors.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { Database } from './database.ts'
import { rangeBelow, showsPhoto } from './files.ts'
import { dateOf } from './photos.ts'

/** Which photos may be results; every condition that is given must hold (contract.ts). */
export type PhotoFilter = Filter

/** One condition of a filter. */
interface Condition {
  /** SQL: whether it holds for the row `photo`. */
  readonly holds: string
  readonly values: readonly unknown[]
  /** SQL: the ids of all photos for which it holds, read by an index, so that reading can stop after a few. */
  readonly list?: string
}

/** SQL: the values of a parameter that is a JSON array. */
const LISTED = '(SELECT value FROM json_each(?))'

/** SQL: photos of which one side is less than a twentieth longer than the other are square. */
const shapes = {
  square: '20 * abs(width - height) < max(width, height)',
  landscape: '20 * (width - height) >= width',
  portrait: '20 * (height - width) >= height',
}

const kinds = { photo: 'duration_seconds IS NULL', video: 'duration_seconds IS NOT NULL' }

/** Whether the filter lets every photo through. */
export const isOpen = (filter: PhotoFilter): boolean => conditionsOf(filter).length === 0

/** Finds the photos that match a filter. */
export class FilteredPhotos {
  readonly #db: Database
  readonly #hasAlbum
  /** By their SQL: filters of the same conditions need the same statement. */
  readonly #statements = new Map<string, ReturnType<FilteredPhotos['prepare']>>()

  constructor(db: Database) {
    this.#db = db
    this.#hasAlbum = db.prepare<[number], number>('SELECT 1 FROM album WHERE id = ?').pluck()
  }

  /**
   * Those of the photos that match.
   * @throws KindredError `album-not-found`
   */
  of(filter: PhotoFilter, photos: readonly PhotoId[]): ReadonlySet<PhotoId> {
    const conditions = this.#conditions(filter)
    const sql = `SELECT photo.id FROM json_each(?) CROSS JOIN photo ON photo.id = value ${where(conditions)}`
    return new Set(this.#read(sql, [JSON.stringify(photos), ...conditions.flatMap(({ values }) => values)]))
  }

  /**
   * All photos that match, whether they can be reached or not. In a large library this takes too long for the engine's
   * thread.
   * @throws KindredError `album-not-found`
   */
  all(filter: PhotoFilter): ReadonlySet<PhotoId> {
    const conditions = this.#conditions(filter)
    const listed = conditions.find(({ list }) => list !== undefined)
    const others = conditions.filter(condition => condition !== listed)
    const from = listed
      ? `(SELECT DISTINCT photo_id FROM (${listed.list})) CROSS JOIN photo ON photo.id = photo_id`
      : 'photo'
    const values = [...(listed?.values ?? []), ...others.flatMap(({ values }) => values)]
    return new Set(this.#read(`SELECT photo.id FROM ${from} ${where(others)}`, values))
  }

  /**
   * All photos that match, where one condition alone leaves at most `most`; undefined otherwise. Fast.
   * @throws KindredError `album-not-found`
   */
  few(filter: PhotoFilter, most: number): ReadonlySet<PhotoId> | undefined {
    for (const { list, values } of this.#conditions(filter)) {
      if (list === undefined) continue
      const photos = this.#read(`SELECT DISTINCT photo_id FROM (${list}) LIMIT ?`, [...values, most + 1])
      if (photos.length <= most) return this.of(filter, photos)
    }
    return undefined
  }

  #conditions(filter: PhotoFilter): readonly Condition[] {
    for (const album of [...(filter.albums ?? []), ...(filter.notAlbums ?? [])])
      if (this.#hasAlbum.get(album) === undefined)
        throw new KindredError('album-not-found', 'This album is no longer there.')
    return conditionsOf(filter)
  }

  #read(sql: string, values: readonly unknown[]): PhotoId[] {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.prepare(sql)))
    return statement.all(...values)
  }

  private prepare(sql: string) {
    return this.#db.prepare<unknown[], PhotoId>(sql).pluck()
  }
}

const where = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.map(({ holds }) => `(${holds})`).join(' AND ')}`

/** @returns only conditions that leave something out: an empty list of albums, cameras and so on is none */
function conditionsOf(filter: PhotoFilter): readonly Condition[] {
  const { albums = [], notAlbums = [], folders = [], cameras = [], formats = [] } = filter
  return [
    ...(albums.length > 0 ? [inAlbums(albums)] : []),
    ...(folders.length > 0 ? [inFolders(folders)] : []),
    ...(cameras.length > 0 ? [oneOf('camera', cameras)] : []),
    ...(formats.length > 0 ? [oneOf('format', formats)] : []),
    ...(notAlbums.length > 0 ? [negated(inAlbums(notAlbums))] : []),
    ...(filter.noAlbum ? [inNoAlbum] : []),
    ...taken(filter),
    ...anyOf(shapes, filter.shapes),
    ...anyOf(kinds, filter.kinds),
  ]
}

const isMember = `FROM album_photo WHERE verdict = 'member'`

const inNoAlbum: Condition = {
  holds: `NOT EXISTS (SELECT 1 ${isMember} AND photo_id = photo.id)`,
  values: [],
}

const inAlbums = (albums: readonly number[]): Condition => ({
  holds: `EXISTS (SELECT 1 ${isMember} AND photo_id = photo.id AND album_id IN ${LISTED})`,
  values: [JSON.stringify(albums)],
  list: `SELECT photo_id ${isMember} AND album_id IN ${LISTED}`,
})

const negated = ({ holds, values }: Condition): Condition => ({ holds: `NOT ${holds}`, values })

function inFolders(folders: readonly string[]): Condition {
  const anyFolder = (path: string): string => folders.map(() => `(${path} > ? AND ${path} < ?)`).join(' OR ')
  return {
    // The plus keeps SQLite from going through all paths of the folders.
    holds: `EXISTS (SELECT 1 FROM file WHERE photo_id = photo.id AND ${showsPhoto} AND (${anyFolder('+path')}))`,
    values: folders.flatMap(rangeBelow),
    list: `SELECT photo_id FROM file WHERE (${anyFolder('path')}) AND ${showsPhoto}`,
  }
}

const oneOf = (column: 'camera' | 'format', values: readonly string[]): Condition => ({
  holds: `+${column} IN ${LISTED}`,
  values: [JSON.stringify(values)],
  list: `SELECT id AS photo_id FROM photo WHERE ${column} IN ${LISTED}`,
})

function taken({ takenFrom, takenBefore }: PhotoFilter): Condition[] {
  if (takenFrom === undefined && takenBefore === undefined) return []
  const values = [takenFrom ?? -Infinity, takenBefore ?? Infinity]
  return [{ holds: `${dateOf('photo')} >= ? AND ${dateOf('photo')} < ?`, values }]
}

function anyOf<K extends string>(holds: Readonly<Record<K, string>>, chosen: readonly K[] = []): Condition[] {
  if (chosen.length === 0) return []
  return [{ holds: chosen.map(one => `(${holds[one]})`).join(' OR '), values: [] }]
}
