import { writeFileSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { PreprocessingOverrides } from '../engine/vision/external/network-probe.ts'
import { KindredError } from '../shared/errors.ts'
import { evaluateReport, modelsReport, trainingReport } from './report.ts'
import { number, toPath, withEngine } from './session.ts'

/** Learning from albums, and the versions that come of it. */
export function modelCommands(program: Command): void {
  program
    .command('train')
    .description('learn from the albums; the new model is used only if it measures better on held-out photos')
    .option('--seed <number>', 'the same seed and labels give the same model', number(0, 2 ** 31, true), 1)
    .option('--deep', 'train the whole network, not only its head (meant for a GPU)', false)
    .action((options: { seed: number; deep: boolean }, command: Command) =>
      withEngine(command, async ({ engine, signal, onProgress }) => {
        const report = await engine.models.train(options, { signal, onProgress }).done
        return { result: report, report: trainingReport(report) }
      }),
    )

  program
    .command('evaluate')
    .description('retrieval quality of a model version on labelled photos, leave-one-out')
    .option('--model <id>', 'the version (default: the one in use)')
    .option('--classes-from-folders', "each photo's class is the folder that it lies in, not its albums")
    .addOption(
      new Option(
        '--split <kind>',
        'closed: held-out photos of the albums ask; disjoint: half of the albums are learned, the others ask',
      ).choices(['closed', 'disjoint']),
    )
    .action(
      (
        options: { model?: string; classesFromFolders?: boolean; split?: 'closed' | 'disjoint' },
        command: Command,
      ) =>
        withEngine(command, async ({ engine, signal, onProgress }) => {
          const result = await engine.evaluation.evaluate({ ...options, signal, onProgress })
          return { result, report: evaluateReport(result) }
        }),
    )

  const models = program.command('models').description('model versions: switch, roll back, take along')

  models
    .command('list')
    .description('all versions, the newest first')
    .action((_: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const versions = engine.models.list()
        return { result: { models: versions }, report: modelsReport(versions) }
      }),
    )

  models
    .command('use')
    .description('search with this version from now on')
    .argument('<id>', 'its name or number')
    .action((id: string, _: unknown, command: Command) =>
      withEngine(command, async ({ engine, signal, onProgress }) => {
        const { done } = engine.models.use(engine.models.find(id).id, { signal, onProgress })
        const result = await done
        return { result, report: `Searching with ${result.name} now.` }
      }),
    )

  models
    .command('report')
    .description('the report card of a trained version')
    .argument('<id>', 'its name or number')
    .action((id: string, _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const result = engine.models.report(engine.models.find(id).id)
        return { result, report: trainingReport(result) }
      }),
    )

  models
    .command('export')
    .description('write the head of a version to one small file without any photo in it')
    .argument('<id>', 'its name or number')
    .argument('<file>', 'where to')
    .action((id: string, file: string, _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const exported = engine.models.export(engine.models.find(id).id)
        writeBytes(toPath(file), exported.file)
        const result = { file: toPath(file), bytes: exported.file.length }
        return { result, report: `Wrote ${result.bytes.toLocaleString('en')} bytes to ${result.file}.` }
      }),
    )

  models
    .command('import')
    .description(
      'take in a head that was exported elsewhere ("models use" switches to it), or an image network (ONNX, or its card), which then looks at all photos and takes over',
    )
    .argument('<file>', 'the file')
    .option('--size <pixels>', 'of a network: edge of its square input', number(16, 1024, true))
    .option(
      '--mean <r,g,b>',
      'of a network: what is taken from each channel, 0…1 (default: of ImageNet)',
      three,
    )
    .option('--std <r,g,b>', 'of a network: what each channel is divided by (default: of ImageNet)', three)
    .option('--name <name>', 'of a network: what its version is called')
    .action(
      (
        file: string,
        { name, ...preprocessing }: PreprocessingOverrides & { name?: string },
        command: Command,
      ) =>
        withEngine(command, async ({ engine, signal, onProgress }) => {
          const { isNetworkFile, networkSource, readModelFile } =
            await import('../engine/vision/external/network-file.ts')
          const { LARGEST_HEAD } = await import('../engine/learning/versions/head-file.ts')
          const path = toPath(file)
          if (!isNetworkFile(path)) {
            const result = engine.models.import(await readModelFile(path, LARGEST_HEAD))
            return {
              result,
              report: `Took in ${result.name}. Use it with: kindred models use ${result.name}`,
            }
          }
          const source = await networkSource(path, preprocessing, name)
          const result = await engine.models.importNetwork(source, { signal, onProgress }).done
          return {
            result,
            report: `Searching with ${result.name} now, a network of ${result.dimension} numbers a photo.`,
          }
        }),
    )
}

/** Three numbers with commas between them. */
function three(text: string): [number, number, number] {
  const values = text.split(',').map(Number)
  if (values.length !== 3 || !values.every(Number.isFinite))
    throw new InvalidArgumentError('Three numbers with commas between them are expected.')
  return values as [number, number, number]
}

function writeBytes(file: string, bytes: Buffer): void {
  try {
    writeFileSync(file, bytes)
  } catch (error) {
    throw new KindredError('file-unwritable', `The file ${file} cannot be written.`, { cause: error })
  }
}
