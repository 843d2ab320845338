/**
 * @file Runs operations of photoIndex at random and compares each with a plain model: `fuzz.ts SEED STEPS`. Some get bad
 * input, some run out of memory midway, some read a damaged file: these throw, and leave everything as it was. Ends with
 * status 1 and a sentence at the first difference; a crash ends it as the sanitizers do.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../electron/shared/random.ts'
import { damage } from '../support/damage.ts'
import { distance, PlainIndex } from './plain-index.ts'
import { loadSanitized } from './sanitized.ts'

const native = loadSanitized()
const { photoIndex } = native
const [seed = '1', steps = '200'] = process.argv.slice(2)
const random = new Random(`native ${seed}`)
const folder = mkdtempSync(join(tmpdir(), 'kindred-native-'))

interface Pair {
  readonly handle: number
  readonly plain: PlainIndex
}

const DIMENSIONS = [1, 3, 4, 64, 70]
const MOST_INDEXES = 6
const LARGEST_ID = 2 ** 28
const indexes: Pair[] = []
const done: Record<string, number> = {}

const someIds = (most = 60): Uint32Array =>
  Uint32Array.from({ length: random.int(0, most) }, () => random.int(1, random.chance(0.05) ? 5000 : 90))

function someVectors(count: number, dimension: number): Float32Array {
  // Whole numbers now and then: ties.
  const isWhole = random.chance(0.3)
  return Float32Array.from({ length: count * dimension }, () =>
    isWhole ? random.int(-2, 2) : random.gauss(),
  )
}

function start(dimension = random.pick(DIMENSIONS)): Pair {
  const pair = { handle: photoIndex.create(dimension), plain: new PlainIndex(dimension) }
  indexes.push(pair)
  return pair
}

function forget({ handle }: Pair): void {
  photoIndex.close(handle)
  indexes.splice(
    indexes.findIndex(pair => pair.handle === handle),
    1,
  )
}

/** Where the work throws, native code must be as before: the model is changed afterwards only. */
function attempt(work: () => void, model: () => void): void {
  const fails = random.chance(0.25)
  if (fails) native.failAllocation(random.int(0, 12))
  let failed = false
  try {
    work()
  } catch (error) {
    failed = true
    if (native.failAllocation(-1) >= 0 || !fails) throw error
    done.outOfMemory = (done.outOfMemory ?? 0) + 1
  }
  native.failAllocation(-1)
  if (!failed) model()
}

/** Bad input is refused. */
const refused = (work: () => void): void => assert.throws(work)

const operations: Record<string, (pair: Pair) => void> = {
  add({ handle, plain }) {
    const ids = someIds()
    const vectors = someVectors(ids.length, plain.dimension)
    attempt(
      () => photoIndex.add(handle, ids, vectors),
      () => plain.add(ids, vectors),
    )
  },

  addBadIds({ handle, plain }) {
    const ids = Uint32Array.from([...someIds(), random.pick([0, LARGEST_ID + 1, 2 ** 32 - 1]), ...someIds(5)])
    refused(() => photoIndex.add(handle, ids, someVectors(ids.length, plain.dimension)))
  },

  addBadVectors({ handle, plain }) {
    const ids = someIds()
    refused(() => photoIndex.add(handle, ids, new Float32Array((ids.length + 1) * plain.dimension)))
    if (plain.dimension > 1) refused(() => photoIndex.add(handle, ids, new Float32Array(plain.dimension + 1)))
    refused(() => photoIndex.add(handle, ids, ids as never))
  },

  addNoNumbers({ handle, plain }) {
    const id = Uint32Array.of(random.int(1, 90))
    const vector = new Float32Array(plain.dimension).fill(NaN)
    photoIndex.add(handle, id, vector)
    plain.add(id, vector)
    check({ handle, plain })
    // No inverted file can be told apart by it: what was in there stays, this goes.
    photoIndex.remove(handle, id)
    plain.remove(id)
  },

  remove({ handle, plain }) {
    const ids = Uint32Array.from([...someIds(), ...[0, 2 ** 32 - 1].filter(() => random.chance(0.2))])
    attempt(
      () => photoIndex.remove(handle, ids),
      () => plain.remove(ids),
    )
  },

  removeAll({ handle, plain }) {
    if (random.chance(0.8)) return
    const ids = Uint32Array.from(plain.vectors.keys())
    photoIndex.remove(handle, ids)
    plain.remove(ids)
  },

  search(pair) {
    const query = someVectors(1, pair.plain.dimension)
    const k = random.pick([0, 1, 5, 200])
    attempt(
      () =>
        expectNearest(pair, query, k, photoIndex.search(pair.handle, query, k, 0), [
          ...pair.plain.vectors.keys(),
        ]),
      () => undefined,
    )
  },

  searchAmong(pair) {
    const query = someVectors(1, pair.plain.dimension)
    const among = Uint32Array.from(new Set([...someIds(), 2 ** 32 - 1]))
    const k = random.pick([0, 1, 5, 200])
    attempt(
      () => expectNearest(pair, query, k, photoIndex.searchAmong(pair.handle, query, k, among), among),
      () => undefined,
    )
  },

  searchSomeLists({ handle, plain }) {
    const queries = someVectors(random.int(0, 3), plain.dimension)
    const { ids, distances } = photoIndex.search(handle, queries, 7, random.int(1, 100))
    for (const [i, id] of ids.entries()) {
      if (id === 0) continue
      const row = Math.floor(i / 7) * plain.dimension
      const query = queries.subarray(row, row + plain.dimension)
      expectNear(distances[i]!, distance(plain.vectors.get(id)!, query))
    }
  },

  searchBadly({ handle, plain }) {
    const query = someVectors(1, plain.dimension)
    refused(() => photoIndex.search(handle, query, 2 ** 32 - 1, 0))
    refused(() => photoIndex.searchAmong(handle, query, 2 ** 32 - 1, someIds()))
    refused(() => photoIndex.searchAmong(handle, new Float32Array(2 * plain.dimension), 3, someIds()))
    refused(() => photoIndex.search(4_000_000_000, query, 1, 0))
    refused(() => photoIndex.search(handle, query, 'many' as never, 0))
    refused(() => photoIndex.create(random.pick([0, -1, 2 ** 31])))
  },

  copy({ handle, plain }) {
    const from = random.pick(indexes)
    const ids = someIds()
    const copying = (): void => photoIndex.copy(handle, from.handle, ids, random.pick([0, 1, 2]))
    if (from.plain.dimension !== plain.dimension) {
      refused(copying)
      return
    }
    attempt(copying, () => {
      const found = ids.filter(id => from.plain.vectors.has(id))
      plain.add(found, from.plain.rows(found))
    })
  },

  retrain(pair) {
    const { handle, plain } = pair
    const ids = [...plain.vectors.keys()]
    const lists = random.int(0, 9)
    const made = { handle: 0, plain: new PlainIndex(plain.dimension) }
    const training = (): void => {
      made.handle = photoIndex.train(handle, lists, Uint32Array.from(ids), random.int(1, 4), 1, 1)
    }
    const enough = ids.filter(id => plain.vectors.get(id)!.every(Number.isFinite)).length
    if (lists === 0 || enough < lists) {
      refused(training)
      return
    }
    attempt(training, () => {
      photoIndex.copy(made.handle, handle, Uint32Array.from(ids), 1)
      made.plain.add(Uint32Array.from(ids), plain.rows(Uint32Array.from(ids)))
      indexes.push(made)
    })
  },

  compact: ({ handle }) => photoIndex.compact(handle),

  saveAndLoad({ handle, plain }) {
    const file = join(folder, 'index')
    const header = Buffer.alloc(random.pick([0, 8, 1024]), 'x')
    writeFileSync(file, header)
    photoIndex.write(handle, file)
    attempt(
      () => indexes.push({ handle: photoIndex.read(file, header.length), plain: copyOf(plain) }),
      () => undefined,
    )
    refused(() => photoIndex.read(file, header.length + 1))
    refused(() => photoIndex.read(join(folder, 'none'), 0))
    refused(() => photoIndex.read(file, -1))
    refused(() => photoIndex.write(handle, join(folder, 'none', 'x')))
  },

  loadDamaged({ handle }) {
    const file = join(folder, 'damaged')
    rmSync(file, { force: true })
    photoIndex.write(handle, file)
    writeFileSync(file, damage(readFileSync(file), random))
    try {
      // Where nothing but vectors, or one id, is another, it is an index as good as any.
      const read = photoIndex.read(file, 0)
      const ids = photoIndex.ids(read)
      const { dimension, size } = photoIndex.describe(read)
      assert.equal(ids.length, size)
      assert.equal(photoIndex.vectors(read, ids).length, size * dimension)
      photoIndex.search(read, new Float32Array(dimension), 5, 0)
      photoIndex.searchAmong(read, new Float32Array(dimension), 5, ids)
      photoIndex.remove(read, ids)
      photoIndex.add(read, ids.slice(0, 9), new Float32Array(ids.slice(0, 9).length * dimension))
      photoIndex.close(read)
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error))
    }
  },
}

const copyOf = ({ dimension, vectors }: PlainIndex): PlainIndex => new PlainIndex(dimension, vectors)

const expectNear = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 1e-3 * (1 + expected), `${found} instead of ${expected}`)

function expectNearest(
  { plain }: Pair,
  query: Float32Array,
  k: number,
  { ids, distances }: { ids: Uint32Array; distances: Float32Array },
  among: Iterable<number>,
): void {
  const expected = plain.distances(query, among).slice(0, k)
  const found = Array.from(ids).filter(id => id > 0)
  assert.equal(found.length, expected.length)
  assert.equal(new Set(found).size, found.length)
  for (const [i, id] of found.entries()) {
    expectNear(distances[i]!, expected[i]!)
    expectNear(distances[i]!, distance(plain.vectors.get(id)!, query))
  }
}

/** The index holds what the model holds, to the bit. */
function check({ handle, plain }: Pair): void {
  const ids = photoIndex.ids(handle)
  const { size, dimension } = photoIndex.describe(handle)
  assert.deepEqual([ids.length, size, dimension], [plain.vectors.size, plain.vectors.size, plain.dimension])
  assert.deepEqual(ids.toSorted(), Uint32Array.from(plain.vectors.keys()).sort())
  assert.deepEqual(photoIndex.vectors(handle, ids), plain.rows(ids))
}

let last = ''
try {
  for (let step = 0; step < Number(steps); step++) {
    if (indexes.length === 0 || (indexes.length < MOST_INDEXES && random.chance(0.03))) start()
    while (indexes.length > MOST_INDEXES) forget(random.pick(indexes))
    const [name, operation] = random.pick(Object.entries(operations))
    const pair = random.pick(indexes)
    last = `${name} (step ${step}, ${photoIndex.describe(pair.handle).lists} lists)`
    done[name] = (done[name] ?? 0) + 1
    operation(pair)
    check(pair)
  }
  console.log(JSON.stringify(done))
} catch (error) {
  console.log(`seed ${seed}: ${last}: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
