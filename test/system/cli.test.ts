import Database from 'better-sqlite3'
import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextStepFor } from '../../electron/hosts/next-steps.ts'
import type { SimilarPhoto, SimilarResult } from '../../electron/shared/results.ts'
import { Cli, kindred, parseOnly, repository, temporaryFolder } from '../support/cli.ts'
import { readIndexFile } from '../support/index-contents.ts'
import { filesBelow, strayFiles } from '../support/library-contents.ts'
import { picture, shapes, writePicture } from '../support/small-photos.ts'

const PER_SHAPE = 6
const PHOTOS = PER_SHAPE * shapes.length
const ALL = ['-k', '1000']

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
/** A library of all photos that no test changes. */
let cli: Cli
let copies = 0

const photo = (shape: number, n: number): string => join(photos, shapes[shape]!, `${n}.png`)

beforeAll(async () => {
  folder = await temporaryFolder('cli')
  photos = join(folder.path, 'photos')
  for (const shape of shapes)
    for (let n = 0; n < PER_SHAPE; n++)
      await writePicture(join(photos, shape, `${n}.png`), `${shape} ${n}`, 'png', {
        shape,
        width: 320,
        height: 240,
      })
  cli = new Cli(join(folder.path, 'library'))
  const { status, result } = await cli.index(photos)
  expect(status).toBe(0)
  expect(result.photos).toBe(PHOTOS)
})

afterAll(() => folder.remove())

/** A library to be damaged, with all photos in it. */
async function copyOfLibrary(): Promise<Cli> {
  const copy = join(folder.path, `copy ${copies++}`)
  await cp(cli.library, copy, { recursive: true })
  return new Cli(copy)
}

describe('command line', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['fly']],
    ['an unknown option', ['index', '.', '--fast']],
    ['index without a folder', ['index']],
    ['similar without an image', ['similar']],
    ['no number of results', ['similar', 'x.jpg', '-k', 'many']],
    ['none as the number of results', ['similar', 'x.jpg', '-k', '0']],
    ['a score above 1', ['similar', 'x.jpg', '--min', '2']],
    ['an empty score', ['similar', 'x.jpg', '--max', '']],
    ['a minimum above the maximum', ['similar', 'x.jpg', '--min', '0.9', '--max', '0.1']],
    ['a crop of two numbers', ['similar', 'x.jpg', '--crop', '0,0']],
    ['a crop beyond the image', ['similar', 'x.jpg', '--crop', '0.5,0,0.6,1']],
    ['a crop of nothing', ['similar', 'x.jpg', '--crop', '0,0,0,0']],
    ['evaluate with an unknown split', ['evaluate', '--split', 'half']],
    ['a library without a folder', ['doctor', '--library']],
  ])('wrong usage, %s: status 2, reported on standard error only', async (_, args) => {
    const run = await kindred(['--json', ...args], { env: { KINDRED_LIBRARY: cli.library } })
    expect(run.status).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr.trim()).not.toBe('')
    expect(run.stderr).not.toContain('    at ')
  })

  test.each([['--help'], ['index --help'], ['similar --help'], ['help doctor']])(
    '%s: status 0',
    async args => {
      const run = await kindred(args.split(' '))
      expect(run.status).toBe(0)
      expect(run.stdout).toContain('Usage: kindred')
      expect(run.stderr).toBe('')
    },
  )

  test.each([
    ['a folder that does not exist', ['index', 'no/such/folder'], 'folder-not-found'],
    ['a file as a folder', ['index', 'package.json'], 'not-a-folder'],
    ['an image that does not exist', ['similar', 'no/such/photo.jpg'], 'photo-not-found'],
    ['a text as an image', ['similar', 'package.json'], 'not-an-image'],
    ['a folder as an image', ['similar', 'electron'], undefined],
    ['an unknown model', ['evaluate', '--classes-from-folders', '--model', 'none'], 'head-not-found'],
  ] as const)('%s: status 1, reported on standard error only', async (_, args, code) => {
    const run = await cli.run(args)
    expect(run.status).toBe(1)
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain(code === undefined ? '\n' : nextStepFor(code))
    expect(run.stderr).not.toContain('    at ')
  })

  test('a library that is a file: status 1', async () => {
    const run = await new Cli(join(repository, 'package.json')).run(['doctor'])
    expect(run.status).toBe(1)
    expect(run.stderr).toContain(nextStepFor('library-unwritable'))
    expect(run.stdout).toBe('')
  })

  test('an empty library gives no results, and is intact', async () => {
    const empty = new Cli(join(folder.path, 'empty'))
    const run = await empty.run(['similar', photo(0, 0)])
    expect(run.status).toBe(1)
    expect(run.stderr).toContain(nextStepFor('library-empty'))
    expect(await empty.doctor()).toMatchObject({ ok: true, status: 0, photos: 0 })
  })

  test('KINDRED_LIBRARY names the library, and --library overrides it', async () => {
    const env = { KINDRED_LIBRARY: cli.library }
    const byVariable = await kindred(['doctor', '--json'], { env })
    expect(parseOnly(byVariable)).toMatchObject({ photos: PHOTOS, library: cli.library })
    const other = join(folder.path, 'other')
    const byOption = await kindred(['doctor', '--json', '--library', other], { env })
    expect(parseOnly(byOption)).toMatchObject({ photos: 0, library: other })
  })

  test('relative paths start at the working folder', async () => {
    const run = await kindred(['index', 'photos/circle', '--library', 'relative', '--json'], {
      cwd: folder.path,
    })
    expect(parseOnly(run)).toMatchObject({ photos: PER_SHAPE })
    expect((await stat(join(folder.path, 'relative', 'catalog.db'))).isFile()).toBe(true)
  })

  test('npm run: relative paths start at the folder where it was called', async () => {
    const output = join(repository, 'test/output')
    await mkdir(output, { recursive: true })
    const inside = await mkdtemp(join(output, 'from-here-'))
    try {
      await symlink(join(photos, 'ring'), join(inside, 'rings'))
      const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`
      const options = { cwd: inside, program: ['npm', 'run', '-s', 'kindred', '--'], env: { PATH: path } }
      const index = await kindred(['index', 'rings', '--library', 'here', '--json'], options)
      expect(parseOnly(index)).toMatchObject({ photos: PER_SHAPE })
      expect(await readdir(inside)).toEqual(['here', 'rings'])
      const similar = await kindred(['similar', 'rings/0.png', '--library', 'here', '--json'], options)
      expect((parseOnly(similar) as SimilarResult).results).toHaveLength(PER_SHAPE - 1)
    } finally {
      await rm(inside, { recursive: true })
    }
  })

  test('without --json it prints text', async () => {
    const run = await kindred(['similar', photo(0, 0), '-k', '3', '--library', cli.library])
    expect(run.status).toBe(0)
    expect(run.stdout).toMatch(/Similar to .*circle/)
    expect(run.stdout.split('\n').filter(line => line.includes(' %  '))).toHaveLength(3)
  })

  test('a folder given twice, by itself and within another, is imported once', async () => {
    const once = new Cli(join(folder.path, 'once'))
    const { result } = await once.index([photos, photos, join(photos, 'dots')])
    expect(result).toMatchObject({ photos: PHOTOS, added: PHOTOS, copies: 0 })
  })

  test('--ignore leaves out what matches', async () => {
    const some = new Cli(join(folder.path, 'some'))
    const run = await some.run(['index', photos, '--ignore', 'dots/**', '--ignore', '0.png'])
    expect(parseOnly(run)).toMatchObject({ photos: (shapes.length - 1) * (PER_SHAPE - 1) })
  })

  test('--ignore stays with its folder until another one or --no-ignore', async () => {
    const kept = new Cli(join(folder.path, 'kept'))
    const left = (shapes.length - 1) * PER_SHAPE
    expect((await kept.index([photos, '--ignore', 'dots/**'])).result).toMatchObject({ photos: left })
    expect((await kept.index(photos)).result).toMatchObject({ photos: left, added: 0 })
    expect((await kept.index([photos, '--no-ignore'])).result).toMatchObject({ photos: PHOTOS })
    expect((await kept.index(photos)).result).toMatchObject({ photos: PHOTOS, removed: 0 })
  })

  test('the folder of a library is refused as a folder of photos', async () => {
    const own = new Cli(join(folder.path, 'own'))
    await own.index(join(photos, 'dots'))
    for (const path of [own.library, join(own.library, 'thumbnails')]) {
      const run = await own.run(['index', path])
      expect(run).toMatchObject({ status: 1, stdout: '' })
      expect(run.stderr).toMatch(/Kindred keeps this library.*\nName the folder that your photos are in/)
    }
    const run = await new Cli(join(folder.path, 'another')).run(['index', own.library])
    expect(run.status).toBe(1)
    expect(run.stderr).toMatch(/another Kindred library/)
  })

  test('a library among the photos does not import itself', async () => {
    const root = join(folder.path, 'with library')
    await cp(join(photos, 'dots'), root, { recursive: true })
    const inside = new Cli(join(root, 'library'))
    expect((await inside.index(root)).result).toMatchObject({ photos: PER_SHAPE })
    expect((await inside.index(root)).result).toMatchObject({ photos: PER_SHAPE, added: 0, copies: 0 })
  })

  test.skipIf(process.platform === 'win32')(
    'a second process reports that the library is in use',
    async () => {
      const shared = new Cli(join(folder.path, 'shared'))
      const started = Promise.withResolvers<() => void>()
      const first = shared.index(photos, {
        onStart: child => {
          void (async () => {
            while (filesBelow(join(shared.library, 'thumbnails')).length === 0) await wait(5)
            child.kill('SIGSTOP')
            started.resolve(() => child.kill('SIGCONT'))
          })()
        },
      })
      const goOn = await started.promise
      const others = await Promise.all([shared.run(['similar', photo(0, 0)]), shared.run(['index', photos])])
      goOn()
      for (const other of others) {
        expect(other.status).toBe(1)
        expect(other.stdout).toBe('')
        expect(other.stderr).toContain(nextStepFor('library-in-use'))
      }
      const { status, result } = await first
      expect(status).toBe(0)
      expect(result.photos).toBe(PHOTOS)
      expect(await shared.doctor()).toMatchObject({ ok: true, photos: PHOTOS })
    },
  )
})

describe('command line: similar', () => {
  const cosine = ({ distance }: SimilarPhoto): number => 1 - distance ** 2 / 2
  const cosines = ({ results }: SimilarResult): Map<string, number> =>
    new Map(results.map(result => [result.path, cosine(result)]))

  test('returns all other photos of the library, nearest first, never the photo itself', async () => {
    const answer = await cli.similar([photo(2, 0), ...ALL])
    expect(answer.query).toEqual([photo(2, 0)])
    expect(answer.model).toBe('kindred-1')
    expect(answer.results).toHaveLength(PHOTOS - 1)
    expect(answer.results.map(({ path }) => path)).not.toContain(photo(2, 0))
    expect(new Set(answer.results.map(({ id }) => id)).size).toBe(PHOTOS - 1)
    expect(answer.results.map(({ rank }) => rank)).toEqual(answer.results.map((_, i) => i + 1))
    const distances = answer.results.map(({ distance }) => distance)
    expect(distances).toEqual(distances.toSorted((a, b) => a - b))
    const { embed, search, total } = answer.millis
    expect(total).toBeCloseTo(embed + search, 0)
  })

  test('score is 1 − distance² / 2, clamped to 0…1', async () => {
    const { results } = await cli.similar([photo(3, 1), ...ALL])
    for (const { score, distance } of results) {
      expect(score).toBeCloseTo(Math.min(1, Math.max(0, 1 - distance ** 2 / 2)), 6)
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
    }
  })

  test('is symmetric', async () => {
    const there = cosines(await cli.similar([photo(1, 1), ...ALL]))
    const back = cosines(await cli.similar([photo(5, 4), ...ALL]))
    expect(there.get(photo(5, 4))).toBeCloseTo(back.get(photo(1, 1))!, 3)
  })

  test('-k, --min and --max select from the full result', async () => {
    const { results } = await cli.similar([photo(4, 2), ...ALL])
    const few = await cli.similar([photo(4, 2), '-k', '7'])
    expect(few.results).toEqual(results.slice(0, 7))
    expect((await cli.similar([photo(4, 2)])).results).toHaveLength(20)
    const [max, min] = [results[4]!.score - 1e-4, results[30]!.score - 1e-4]
    const cut = await cli.similar([photo(4, 2), ...ALL, '--min', String(min), '--max', String(max)])
    const expected = results.filter(({ score }) => score >= min && score <= max)
    expect(cut.results.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    expect(cut.results.map(({ rank }) => rank)).toEqual(expected.map((_, i) => i + 1))
    const firstBelow = await cli.similar([photo(4, 2), '-k', '2', '--max', String(max)])
    expect(firstBelow.results.map(({ id }) => id)).toEqual(expected.slice(0, 2).map(({ id }) => id))
  })

  test('returns all photos for an external image, and for a copy of a photo all others', async () => {
    const outside = join(folder.path, 'outside.webp')
    await writePicture(outside, 'outside', 'webp', { shape: 'ring', width: 700, height: 500 })
    expect((await cli.similar([outside, ...ALL])).results).toHaveLength(PHOTOS)

    const copy = join(folder.path, 'a copy.png')
    await cp(photo(6, 3), copy)
    const { results } = await cli.similar([copy, ...ALL])
    expect(results).toHaveLength(PHOTOS - 1)
    expect(results.map(({ path }) => path)).not.toContain(photo(6, 3))
  })

  test('finds the photo first by the same picture in another format', async () => {
    const saved = join(folder.path, 'saved again.jpg')
    await sharp(photo(6, 3)).jpeg({ quality: 95 }).toFile(saved)
    const [first] = (await cli.similar([saved])).results
    expect(first?.path).toBe(photo(6, 3))
    expect(first?.score).toBeGreaterThan(0.95)
  })

  test('searches by the mean of several images, less half of those of --not', async () => {
    const [a, b, n] = [photo(0, 0), photo(7, 5), photo(3, 3)] as const
    const [toA, toB, toN] = [
      cosines(await cli.similar([a, ...ALL])),
      cosines(await cli.similar([b, ...ALL])),
      cosines(await cli.similar([n, ...ALL])),
    ]
    const [ab, an, bn] = [toA.get(b)!, toA.get(n)!, toB.get(n)!]

    const both = await cli.similar([a, b, ...ALL])
    expect(both.query).toEqual([a, b])
    expect(both.results).toHaveLength(PHOTOS - 2)
    const lengthOfBoth = Math.sqrt(2 + 2 * ab)
    for (const result of both.results)
      expect(cosine(result)).toBeCloseTo((toA.get(result.path)! + toB.get(result.path)!) / lengthOfBoth, 3)

    const less = await cli.similar([a, b, '--not', n, ...ALL])
    expect(less.results).toHaveLength(PHOTOS - 3)
    const length = Math.sqrt((2 + 2 * ab) / 4 + 0.25 - 0.5 * (an + bn))
    for (const result of less.results) {
      const [ca, cb, cn] = [toA.get(result.path)!, toB.get(result.path)!, toN.get(result.path)!]
      expect(cosine(result)).toBeCloseTo(((ca + cb) / 2 - cn / 2) / length, 3)
    }
  })

  test('--crop searches by a part of the image', async () => {
    const size = { width: 320, height: 240 }
    const pair = join(folder.path, 'pair.png')
    const parts = await Promise.all(
      (['cross', 'dots'] as const).map(shape =>
        picture(`${shape} 2`, { shape, ...size })
          .png()
          .toBuffer(),
      ),
    )
    await sharp({ create: { width: 640, height: 240, channels: 3, background: 'black' } })
      .composite(parts.map((input, i) => ({ input, left: i * 320, top: 0 })))
      .png()
      .toFile(pair)
    const left = await cli.similar([pair, '--crop', '0,0,0.5,1'])
    const right = await cli.similar([pair, '--crop', '0.5,0,0.5,1'])
    expect(left.results[0]?.path).toBe(join(photos, 'cross', '2.png'))
    expect(right.results[0]?.path).toBe(join(photos, 'dots', '2.png'))
    expect(left.results[0]?.score).toBeGreaterThan(0.98)
    expect(right.results[0]?.score).toBeGreaterThan(0.98)
  })

  test('--crop of the whole photo is the photo, which is not in its own results', async () => {
    const plain = cosines(await cli.similar([photo(5, 5), ...ALL]))
    const cropped = await cli.similar([photo(5, 5), ...ALL, '--crop', '0,0,1,1'])
    expect(cropped.results).toHaveLength(PHOTOS - 1)
    for (const result of cropped.results)
      expect(Math.abs(cosine(result) - plain.get(result.path)!)).toBeLessThan(0.1)
  })

  test('returns the same without Faiss, which doctor mentions', async () => {
    const library = await copyOfLibrary()
    const env = { KINDRED_NO_FAISS: '1' }
    for (const query of [[photo(0, 1)], [photo(2, 2), photo(3, 3), '--not', photo(4, 4)]]) {
      const withFaiss = await library.similar([...query, ...ALL])
      const without = await library.similar([...query, ...ALL], { env })
      expect(without.results).toHaveLength(withFaiss.results.length)
      const expected = new Map(withFaiss.results.map(result => [result.id, result]))
      for (const { id, score, rank } of without.results) {
        expect(score).toBeCloseTo(expected.get(id)!.score, 4)
        // Photos whose distances float32 cannot distinguish may be in either order.
        const there = withFaiss.results[rank - 1]!
        expect(score).toBeCloseTo(there.score, 4)
      }
    }
    const plain = await library.doctor([], { env })
    expect(plain).toMatchObject({ ok: true, status: 0, index: { kind: 'plain-flat-l2', vectors: PHOTOS } })
    expect(plain.notes.join('\n')).toMatch(/Faiss is not available.*KINDRED_NO_FAISS/)
  })

  test('uses Faiss if it is available', async () => {
    const { index, notes } = await cli.doctor()
    if (notes.some(note => note.includes('Faiss'))) return
    expect(index).toMatchObject({ vectors: PHOTOS, dimension: 256, lists: 0 })
    expect(index.kind).toMatch(/^faiss-flat/)
  })
})

describe('damaged library', () => {
  const query = (library: Cli): Promise<SimilarResult> => library.similar([photo(1, 0), ...ALL])
  /** Rounded, because the last digits depend on how many photos one matrix product has. */
  const rounded = ({ results }: SimilarResult): unknown[] =>
    results.map(({ id, score }) => [id, score.toFixed(5)])

  const overwrite = async (file: string, bytes: Buffer, position: number): Promise<void> => {
    const handle = await open(file, 'r+')
    await handle.write(bytes, 0, bytes.length, position)
    await handle.close()
  }

  test.each([
    ['is gone', (file: string) => rm(file)],
    ['is empty', (file: string) => truncate(file, 0)],
    ['ends early', (file: string) => truncate(file, 5000)],
    ['has other bytes in its vectors', (file: string) => overwrite(file, Buffer.alloc(4000, 0xab), 9000)],
    ['has another header', (file: string) => overwrite(file, Buffer.from('{"kind":"x"'), 12)],
    ['is something else', (file: string) => writeFile(file, 'not an index at all')],
  ])('an index file that %s is made anew', async (_, damage) => {
    const library = await copyOfLibrary()
    const before = await query(library)
    const file = join(library.library, 'index.kindred')
    await damage(file)
    const after = await query(library)
    expect(after.results.map(({ id }) => id)).toEqual(before.results.map(({ id }) => id))
    expect(readIndexFile(file)?.ids).toHaveLength(PHOTOS)
    expect(await library.doctor()).toMatchObject({ ok: true, problems: [], status: 0 })
    expect(strayFiles(library.library)).toEqual([])
  })

  test.each([
    ['is something else', (file: string) => writeFile(file, 'not a catalog at all\n'.repeat(1000))],
    ['has no header', (file: string) => overwrite(file, Buffer.alloc(100), 0)],
    ['ends early', (file: string) => truncate(file, 20_000)],
    ['has noise in its middle', (file: string) => overwriteAllButFirst(file)],
  ])('a catalog that %s is refused, and doctor --repair restores it', async (_, damage) => {
    const library = await copyOfLibrary()
    const before = await query(library)
    await damage(join(library.library, 'catalog.db'))

    const refused = await library.run(['similar', photo(1, 0)])
    expect(refused.status).toBe(1)
    expect(refused.stdout).toBe('')
    expect(refused.stderr).toContain(nextStepFor('library-damaged'))
    expect(refused.stderr).not.toContain('    at ')

    const repaired = await library.doctor(['--repair'])
    expect(repaired).toMatchObject({ ok: true, status: 0, photos: PHOTOS })
    expect(repaired.problems).toMatchObject([{ code: 'catalog-damaged', repaired: true }])
    expect(rounded(await query(library))).toEqual(rounded(before))
    expect((await readdir(library.library)).filter(name => name.includes('damaged'))).toHaveLength(1)
  })

  test('a damaged catalog is not written to, and indexing works again after its repair', async () => {
    const library = await copyOfLibrary()
    const catalog = join(library.library, 'catalog.db')
    await overwrite(catalog, Buffer.alloc(100), 0)
    const damaged = await readFile(catalog)
    for (const args of [['index', photos], ['doctor']]) {
      const run = await library.run(args)
      expect(run.status).toBe(1)
      expect(run.stdout).toBe('')
      expect(run.stderr).toContain(nextStepFor('library-damaged'))
    }
    expect(await readFile(catalog)).toEqual(damaged)
    await library.doctor(['--repair'])
    expect((await library.index(photos)).result).toMatchObject({ photos: PHOTOS, added: 0, updated: 0 })
    expect(await library.doctor()).toMatchObject({ ok: true, problems: [], status: 0 })
  })

  async function overwriteAllButFirst(file: string): Promise<void> {
    const { size } = await stat(file)
    await overwrite(file, Buffer.alloc(size - 8192, 0xa5), 8192)
  }

  test('a damaged catalog without a backup starts empty, and indexing brings the photos back', async () => {
    const library = await copyOfLibrary()
    await rm(join(library.library, 'backups'), { recursive: true })
    await writeFile(join(library.library, 'catalog.db'), 'not a catalog at all\n'.repeat(1000))
    const repaired = await library.doctor(['--repair'])
    expect(repaired).toMatchObject({ ok: true, status: 0, photos: 0 })
    expect((await library.index(photos)).result).toMatchObject({ photos: PHOTOS, added: PHOTOS })
    expect(await library.doctor()).toMatchObject({ ok: true, problems: [], photos: PHOTOS })
  })

  test('doctor reports missing thumbnails or features, --repair makes them', async () => {
    const library = await copyOfLibrary()
    const before = await query(library)
    const thumbnails = join(library.library, 'thumbnails')
    for (const path of filesBelow(thumbnails).slice(0, 3)) await rm(join(thumbnails, path))
    const db = new Database(join(library.library, 'catalog.db'))
    const lost = db
      .prepare<[], number>('SELECT photo_id FROM features ORDER BY photo_id LIMIT 2')
      .pluck()
      .all()
    db.prepare('DELETE FROM features WHERE photo_id = ?').run(lost[0])
    db.prepare('UPDATE features SET vector = ? WHERE photo_id = ?').run(Buffer.alloc(10), lost[1])
    db.close()

    const found = await library.doctor()
    expect(found).toMatchObject({ ok: false, status: 1 })
    expect(found.problems.length).toBeGreaterThanOrEqual(2)
    expect(found.problems.every(({ repaired }) => !repaired)).toBe(true)

    const repaired = await library.doctor(['--repair'])
    expect(repaired).toMatchObject({ ok: true, status: 0 })
    expect(repaired.problems.every(problem => problem.repaired)).toBe(true)
    expect(await library.doctor()).toMatchObject({ ok: true, problems: [], status: 0 })
    expect(filesBelow(thumbnails)).toHaveLength(PHOTOS)
    expect(rounded(await query(library))).toEqual(rounded(before))
  })

  test('a library of a newer Kindred is left alone', async () => {
    const library = await copyOfLibrary()
    const db = new Database(join(library.library, 'catalog.db'))
    db.pragma('user_version = 100000')
    db.close()
    for (const args of [
      ['index', photos],
      ['similar', photo(0, 0)],
      ['doctor', '--repair'],
    ]) {
      const run = await library.run(args)
      expect(run.status).toBe(1)
      expect(run.stderr).toContain(nextStepFor('library-newer'))
      expect(run.stdout).toBe('')
    }
  })
})
