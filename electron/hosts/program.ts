import { statSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Crop } from '../engine/media/decode.ts'
import type { Engine } from '../engine/engine.ts'
import { displayPath, fsPath } from '../engine/library/paths.ts'
import { requireLimits } from '../engine/retrieval/limits.ts'
import { asKindredError, KindredError } from '../shared/errors.ts'
import { surviveRejections } from '../shared/rejections.ts'
import type { DoctorResult, Problem } from '../shared/results.ts'
import { resourcesDir } from './default-folders.ts'
import { albumCommands } from './album-commands.ts'
import { modelCommands } from './model-commands.ts'
import { serve } from './serve.ts'
import { showCommand } from './show-command.ts'
import {
  fail,
  globals,
  libraryOf,
  number,
  print,
  toPath,
  withEngine,
  type Answer,
  type Session,
} from './session.ts'
import { benchReport, doctorReport, importReport, similarReport } from './report.ts'

function crop(text: string): Crop {
  const [x = NaN, y = NaN, width = NaN, height = NaN, ...more] = text.split(',').map(Number)
  const fits = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1.0001 && y + height <= 1.0001
  if (!fits || more.length > 0)
    throw new InvalidArgumentError(
      'Four fractions of the image are needed: x,y,w,h, such as 0.25,0.25,0.5,0.5.',
    )
  return { x, y, width, height }
}

/** Returns the first millisecond of a day such as 2024-06-30, counted as if it were UTC. */
function day(text: string): number {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(date)) throw new InvalidArgumentError('A day is needed, such as 2024-06-30.')
  // 30 February would count as 1 March.
  if (new Date(date).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('There is no such day in the calendar.')
  return date
}

const DAY = 86_400_000

/**
 * A photo of the library can be searched by while its drive is away.
 * @throws KindredError `photo-not-found`, `not-a-file`
 */
function requireImage(engine: Engine, path: string): void {
  const stats = statSync(fsPath(path), { throwIfNoEntry: false })
  if (!stats && engine.overview.photosAt(path).length > 0) return
  if (!stats) throw new KindredError('photo-not-found', `There is no file at ${displayPath(path)}.`)
  if (stats.isDirectory())
    throw new KindredError('not-a-file', `${displayPath(path)} is a folder. Name one of the images in it.`)
}

function collect(value: string, earlier: string[] | boolean = []): string[] {
  return Array.isArray(earlier) ? [...earlier, value] : [value]
}

/** Returns why the network runs in no runtime, if so. Runtimes are measured once on a machine, or again on demand. */
async function whyNotMeasured(engine: Engine, again: boolean): Promise<Problem[]> {
  try {
    await engine.diagnostics.measureRuntimes(again)
    return []
  } catch (error) {
    const { code, message } = asKindredError(error)
    return [{ code, message, repaired: false }]
  }
}

const program = new Command('kindred')
  .description(
    'Finds similar photos, and learns what similar means to you. Everything stays on this machine.',
  )
  .option('--library <dir>', 'the library (default: KINDRED_LIBRARY, or the data folder of your user)')
  .option('--json', 'print one JSON document on standard output')
  .option('--quiet', 'no progress')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })

program
  .command('index')
  .description('add folders to the library and import what is new or changed')
  .argument('<folder...>', 'folders of photos')
  .option(
    '--ignore <glob>',
    'leave out what matches, such as "**/cache/**", now and later (repeatable)',
    collect,
  )
  .option('--no-ignore', 'leave nothing out any more that an earlier --ignore named for these folders')
  .action((folders: string[], options: { ignore?: string[] | boolean }, command: Command) =>
    withEngine(command, async ({ engine, signal, onProgress }) => {
      const paths = folders.map(toPath)
      if (options.ignore === false) engine.library.forgetIgnore(paths)
      const result = await engine.library.import(paths, {
        ignore: Array.isArray(options.ignore) ? options.ignore : [],
        signal,
        onProgress,
      })
      return { result, report: importReport(result), status: result.failed.length > 0 ? 3 : 0 }
    }),
  )

program
  .command('similar')
  .description('the most similar photos to an image, or to several together')
  .argument('<image...>', 'image files, in the library or not')
  .option('-k <count>', 'how many', number(1, 100_000, true), 20)
  .option('--min <score>', 'lowest score', number(0, 1), 0)
  .option('--max <score>', 'highest score; leaves copies out', number(0, 1), 1)
  .option('--album <name>', 'only photos of this album')
  .option('--folder <dir>', 'only photos in this folder or below it')
  .option('--since <day>', 'only photos taken on this day or later', day)
  .option('--until <day>', 'only photos taken on this day or earlier', day)
  .option('--not <image>', 'push photos like this one away (repeatable)', collect)
  .addOption(
    new Option('--crop <x,y,w,h>', 'the part of the first image that is meant, in fractions').argParser(crop),
  )
  .action(
    (
      images: string[],
      options: {
        k: number
        min: number
        max: number
        not?: string[]
        crop?: Crop
        album?: string
        folder?: string
        since?: number
        until?: number
      },
      command: Command,
    ) =>
      withEngine(command, async ({ engine }) => {
        const reference = (path: string): { path: string } => ({ path: toPath(path) })
        const { not = [], crop, album, folder, since, until, ...limits } = options
        if (since !== undefined && until !== undefined && since > until)
          throw new KindredError(
            'bad-argument',
            '--since is a later day than --until, so no photo can lie between them.',
          )
        requireLimits(limits)
        for (const image of [...images, ...not]) requireImage(engine, toPath(image))
        const result = await engine.search.similar({
          ...limits,
          images: images.map((path, i) => ({ ...reference(path), ...(i === 0 && crop ? { crop } : {}) })),
          not: not.map(reference),
          filter: {
            albums: album === undefined ? undefined : [engine.albums.queries.idOf(album)],
            folders: folder === undefined ? undefined : [toPath(folder)],
            takenFrom: since,
            takenBefore: until === undefined ? undefined : until + DAY,
          },
        })
        return { result, report: similarReport(result) }
      }),
  )

albumCommands(program)
showCommand(program)
modelCommands(program)

program
  .command('doctor')
  .description('check catalog, files, vectors and index against each other')
  .option('--repair', 'mend what can be mended')
  .option('--measure', 'compare again the runtimes that the network can run in')
  .action((options: { repair?: boolean; measure?: boolean }, command: Command) => {
    const repair = options.repair ?? false
    const work = async ({ engine }: Session): Promise<Answer> => {
      const failure = await whyNotMeasured(engine, options.measure ?? false)
      const found = await engine.diagnostics.doctor(repair)
      const problems = [...found.problems, ...failure]
      const result: DoctorResult = { ...found, problems, ok: found.ok && failure.length === 0 }
      return { result, report: doctorReport(result), status: result.ok ? 0 : 1 }
    }
    return withEngine(command, work, repair)
  })

program
  .command('bench')
  .description('the speed of this machine: search, embedding, import')
  .option('--vectors <count>', 'size of the index', number(100, 10_000_000, true), 8189)
  .option('--dim <length>', 'length of a vector', number(2, 4096, true), 256)
  .action(async (options: { vectors: number; dim: number }, command: Command) => {
    const { runBench } = await import('../engine/diagnostics/bench/bench.ts')
    const { openEngine } = await import('../engine/engine.ts')
    const { writeSamples } = await import('../../samples/samples.ts')
    const { writeCameraPhotos } = await import('../../samples/camera-photos.ts')
    const resources = resourcesDir(process.env)
    const result = await runBench({
      vectors: options.vectors,
      dim: options.dim,
      resourcesDir: resources,
      openEngine: libraryDir => openEngine({ libraryDir, resourcesDir: resources }),
      drawPhotos: (folder, perKind) => writeSamples(folder, { perKind, seed: 1 }),
      drawCameraPhotos: writeCameraPhotos,
    })
    print({ result, report: benchReport(result) }, globals(command).json ?? false)
  })

program
  .command('serve')
  .description('the user interface in a browser, on this machine only')
  .option('--port <number>', 'the port (default: a free one)', number(0, 65_535, true), 0)
  .action(async (options: { port: number }, command: Command) => {
    const { json = false, quiet = false } = globals(command)
    await serve({ libraryDir: libraryOf(command), port: options.port, json, quiet })
  })

surviveRejections(process, text => process.stderr.write(`${text}\n`))
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else fail(asKindredError(error))
}
