import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writePicture } from '../../support/small-photos.ts'
import type { Checkout, RunningEngine } from './checkout.ts'
import type { Both } from './comparison.ts'
import { takeTurns, type Cost, type TimedRun } from './processes.ts'

/** Number of photos of the library that is searched, and of each imported one. */
const LIBRARY_PHOTOS = 400
const IMPORT_PHOTOS = 1000
const SEARCHES = 1000
/** Searches before the measured ones, to warm the caches and the compiler. */
const WARMING = 200
/** The checkouts take turns after this many searches, or milliseconds of a command. */
const TURN_SEARCHES = 50
const TURN_SIMILAR_MS = 50
const TURN_IMPORT_MS = 250
/** Cold searches of each kind, and pairs of engines, in a round: they are shorter than the import, and noisier. */
const COLD_SEARCHES = 6
const ENGINES = 2

/** One of the two, with what was prepared for it. */
export interface Side {
  readonly checkout: Checkout
  /** Its own, for libraries. */
  readonly folder: string
  /** The one that has the first photos. */
  readonly library: string
}

export interface Photos {
  readonly all: string
  /** Those that the libraries hold. */
  readonly first: string
  /** Images to search by. */
  readonly inLibrary: readonly string[]
  readonly external: readonly string[]
}

/** Draws the photos, the same in each run. */
export async function drawPhotos(folder: string): Promise<Photos> {
  const [first, rest] = [join(folder, 'first'), join(folder, 'rest')]
  const paths = Array.from({ length: IMPORT_PHOTOS }, (_, n) =>
    join(n < LIBRARY_PHOTOS ? first : rest, `${String(n).padStart(4, '0')}.jpg`),
  )
  for (const [n, path] of paths.entries()) {
    const size = n % 3 === 0 ? { width: 480, height: 640 } : { width: 640, height: 480 }
    await writePicture(path, `checkouts ${n}`, 'jpg', size)
  }
  return {
    all: folder,
    first,
    inLibrary: paths.slice(0, LIBRARY_PHOTOS),
    external: paths.slice(LIBRARY_PHOTOS),
  }
}

/** Makes the library of a checkout, and warms its cache of compiled sources and the system's page cache. */
export async function prepare(checkout: Checkout, photos: Photos, folder: string): Promise<Side> {
  await mkdir(folder, { recursive: true })
  const library = join(folder, 'library')
  await checkout.index(photos.first, LIBRARY_PHOTOS, library).cost
  await checkout.similar(photos.inLibrary[0]!, library).cost
  await checkout.similar(photos.external[0]!, library).cost
  return { checkout, folder, library }
}

/** Measures both sides, round after round. */
export class Pairs {
  readonly #sides: Both<Side>
  readonly #photos: Photos
  /** What was measured so far, by the name of the work. */
  readonly costs = new Map<string, Both<Cost>[]>()

  constructor(sides: Both<Side>, photos: Photos) {
    this.#sides = sides
    this.#photos = photos
  }

  async round(number: number): Promise<void> {
    for (let n = number * COLD_SEARCHES; n < (number + 1) * COLD_SEARCHES; n++) {
      await this.#coldSearch('similar, a photo of the library', this.#photos.inLibrary, n)
      await this.#coldSearch('similar, an external image', this.#photos.external, n)
    }
    for (let n = number * ENGINES; n < (number + 1) * ENGINES; n++) await this.#searches(n)
    await this.#import(number)
  }

  async #coldSearch(name: string, images: readonly string[], number: number): Promise<void> {
    const image = images[number % images.length]!
    const begin = ({ checkout, library }: Side): TimedRun => checkout.similar(image, library)
    this.#add(name, await this.#commands(number, TURN_SIMILAR_MS, begin))
  }

  async #import(number: number): Promise<void> {
    const library = ({ folder }: Side): string => join(folder, 'new-library')
    const begin = (side: Side): TimedRun =>
      side.checkout.index(this.#photos.all, IMPORT_PHOTOS, library(side))
    this.#add(`index of ${IMPORT_PHOTOS} photos`, await this.#commands(number, TURN_IMPORT_MS, begin))
    for (const side of [this.#sides.this, this.#sides.other]) await rm(library(side), { recursive: true })
  }

  async #commands(number: number, turnMs: number, begin: (side: Side) => TimedRun): Promise<Both<Cost>> {
    const [first, second] = inTurn(number)
    const runs = { [first]: begin(this.#sides[first]), [second]: begin(this.#sides[second]) }
    const costs = await takeTurns(runs[first]!, runs[second]!, turnMs)
    return first === 'this' ? { this: costs[0], other: costs[1] } : { this: costs[1], other: costs[0] }
  }

  async #searches(number: number): Promise<void> {
    const serve = async ({ checkout, library }: Side): Promise<RunningEngine> => {
      const engine = await checkout.serve(library)
      await engine.search(0, WARMING)
      return engine
    }
    const engines = { this: await serve(this.#sides.this), other: await serve(this.#sides.other) }
    const wall = { this: 0, other: 0 }
    const before = { this: engines.this.cpuSeconds(), other: engines.other.cpuSeconds() }
    for (let turn = 0; turn < SEARCHES / TURN_SEARCHES; turn++)
      for (const name of inTurn(number + turn))
        wall[name] += await engines[name].search(WARMING + turn * TURN_SEARCHES, TURN_SEARCHES)
    const cost = (name: keyof Both<Cost>): Cost => {
      return { wall: wall[name], cpu: engines[name].cpuSeconds() - before[name] }
    }
    this.#add(`${SEARCHES} searches in a running engine`, { this: cost('this'), other: cost('other') })
    await Promise.all([engines.this.stop(), engines.other.stop()])
  }

  #add(name: string, costs: Both<Cost>): void {
    this.costs.set(name, [...(this.costs.get(name) ?? []), costs])
  }
}

/** Which goes first changes from one number to the next. */
const inTurn = (number: number): readonly [keyof Both<unknown>, keyof Both<unknown>] =>
  number % 2 === 0 ? ['this', 'other'] : ['other', 'this']
