/**
 * @file The nearest city to a place, without a network: cities of GeoNames (CC BY 4.0) in the file of exiftool's
 * Geolocation module, whose form Image::ExifTool::Geolocation describes.
 */
import { readFileSync } from 'node:fs'
import type { Place } from '../../library/rows.ts'
import { vendoredExiftool } from './vendored-exiftool.ts'

/** Kilometres beyond which no city is named: at sea, in a desert or on the ice there is none. */
export const FARTHEST_CITY = 50

const EARTH_RADIUS = 6371
const KILOMETRES_A_DEGREE = 111.2
const RADIAN = Math.PI / 180
const NEWLINE = 10
/** Bytes of a city before its name. */
const CITY_BYTES = 13
const COLUMNS = 360
const ROWS = 180

let loaded: Places | null | undefined

/** The nearest city; undefined where there is none near, or no list of cities. */
export function placeAt(latitude: number, longitude: number): Place | undefined {
  if (loaded === undefined) loaded = load() ?? null
  return loaded?.nearest(latitude, longitude)
}

function load(): Places | undefined {
  try {
    const file = vendoredExiftool()?.geolocation
    return file === undefined ? undefined : new Places(readFileSync(file))
  } catch {
    // Photos are imported without names of places.
    return undefined
  }
}

/** Cities by cells of one degree. */
export class Places {
  readonly #file: Buffer
  readonly #latitudes: Float32Array
  readonly #longitudes: Float32Array
  /** Where each city stands in the file. */
  readonly #offsets: Uint32Array
  /** Where the cities of each cell begin in the order of cells. */
  readonly #starts = new Uint32Array(COLUMNS * ROWS + 1)
  readonly #order: Uint32Array
  readonly #countries: readonly string[]
  readonly #regions: readonly string[]
  readonly #timeZones: readonly string[]

  /**
   * @param file the contents of Geolocation.dat
   * @throws Error where it is none
   */
  constructor(file: Buffer) {
    this.#file = file
    const header = file.indexOf(NEWLINE)
    const [, count] = /^Geolocation1\.\d\d\t(\d{1,7})/.exec(file.toString('latin1', 0, header)) ?? []
    if (count === undefined) throw new Error('This is no list of cities.')
    const cities = Number(count)
    this.#latitudes = new Float32Array(cities)
    this.#longitudes = new Float32Array(cities)
    this.#offsets = new Uint32Array(cities)
    this.#order = new Uint32Array(cities)
    // A comment follows the header.
    const end = this.#readCities(file.indexOf(NEWLINE, header + 1) + 1)
    const [, countries = [], regions = [], , timeZones = []] = sections(file, end)
    this.#countries = countries
    this.#regions = regions
    this.#timeZones = timeZones
    this.#sortByCell()
  }

  /** The nearest city within 50 km. */
  nearest(latitude: number, longitude: number): Place | undefined {
    const reach = FARTHEST_CITY / KILOMETRES_A_DEGREE
    const [south, north] = [rowOf(latitude - reach), rowOf(latitude + reach)]
    const shrunk = Math.cos(Math.min(90, Math.abs(latitude) + reach) * RADIAN)
    const across = Math.min(180, reach / Math.max(shrunk, 1e-6))
    const west = Math.floor(longitude - across)
    const width = Math.min(COLUMNS, Math.floor(longitude + across) - west + 1)
    let best: number | undefined
    let nearest = FARTHEST_CITY
    for (let row = south; row <= north; row++)
      for (let step = 0; step < width; step++) {
        const cell = row * COLUMNS + columnOf(west + step)
        for (let n = this.#starts[cell]!; n < this.#starts[cell + 1]!; n++) {
          const city = this.#order[n]!
          const away = distance(latitude, longitude, this.#latitudes[city]!, this.#longitudes[city]!)
          if (away > nearest) continue
          nearest = away
          best = city
        }
      }
    return best === undefined ? undefined : this.#describe(best, nearest)
  }

  /** Latitude and longitude are numbers of 20 bits. @returns where the cities end */
  #readCities(start: number): number {
    const file = this.#file
    let at = start
    for (let n = 0; n < this.#offsets.length; n++) {
      const low = file[at + 2]!
      this.#latitudes[n] = (((file.readUInt16BE(at) << 4) | (low >> 4)) * 180) / 2 ** 20 - 90
      this.#longitudes[n] = (((file.readUInt16BE(at + 3) << 4) | (low & 15)) * 360) / 2 ** 20 - 180
      this.#offsets[n] = at
      at = file.indexOf(NEWLINE, at + CITY_BYTES) + 1
      if (at === 0) throw new Error('The list of cities is cut off.')
    }
    return at
  }

  #sortByCell(): void {
    const cells = Uint32Array.from(
      this.#latitudes,
      (latitude, n) => rowOf(latitude) * COLUMNS + columnOf(Math.floor(this.#longitudes[n]!)),
    )
    for (const cell of cells) this.#starts[cell + 1]!++
    for (let cell = 0; cell < COLUMNS * ROWS; cell++) this.#starts[cell + 1]! += this.#starts[cell]!
    const next = this.#starts.slice()
    for (const [city, cell] of cells.entries()) this.#order[next[cell]!++] = city
  }

  #describe(city: number, kilometres: number): Place {
    const file = this.#file
    const at = this.#offsets[city]!
    const codes = file.readUInt32BE(at + 5)
    const country = this.#countries[codes >>> 24] ?? ''
    const region = this.#regions[codes & 0xfff]
    const flags = file[at + 12]!
    const timeZone = this.#timeZones[file[at + 11]! + (flags & 0x80 ? 0x100 : 0)]
    return {
      city: file.toString('utf8', at + CITY_BYTES, file.indexOf(NEWLINE, at + CITY_BYTES)),
      ...(region ? { region } : {}),
      country: country.slice(2),
      countryCode: country.slice(0, 2),
      kilometres: Math.round(kilometres * 10) / 10,
      ...(timeZone ? { timeZone } : {}),
    }
  }
}

/** Lists of names, each ended by a line of four NULs. */
function sections(file: Buffer, start: number): string[][] {
  const lists: string[][] = [[]]
  for (let at = start; at < file.length;) {
    const end = file.indexOf(NEWLINE, at)
    if (end < 0) break
    if (end === at + 5 && file.readUInt32BE(at) === 0) lists.push([])
    else if (end === at + 4 && file.readUInt32BE(at) === 0) lists.push([])
    else lists.at(-1)!.push(file.toString('utf8', at, end))
    at = end + 1
  }
  return lists
}

const rowOf = (latitude: number): number => Math.max(0, Math.min(ROWS - 1, Math.floor(latitude + 90)))

const columnOf = (degree: number): number => (((degree + 180) % COLUMNS) + COLUMNS) % COLUMNS

/** Kilometres between two places on a sphere. */
function distance(latitude: number, longitude: number, toLatitude: number, toLongitude: number): number {
  const [up, along] = [(toLatitude - latitude) * RADIAN, (toLongitude - longitude) * RADIAN]
  const half =
    Math.sin(up / 2) ** 2 +
    Math.cos(latitude * RADIAN) * Math.cos(toLatitude * RADIAN) * Math.sin(along / 2) ** 2
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(half)))
}
