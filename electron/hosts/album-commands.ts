import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { listAlbums } from '../engine/learning/labels/album-list.ts'
import { fsPath } from '../engine/library/paths.ts'
import { changeWords } from './change-words.ts'
import { failureLines, findPhotos, type FoundPhotos } from './find-photos.ts'
import { albumImportReport, albumsReport, questionsReport, suggestionsReport } from './report.ts'
import { number, toPath, withEngine, type Session } from './session.ts'

/** The commands on albums and labels. */
export function albumCommands(program: Command): void {
  const album = program.command('album').description('labelled albums, which Kindred learns from')

  album
    .command('list')
    .description('all albums')
    .action((_: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const albums = listAlbums(engine.albums.queries)
        return { result: { albums }, report: albumsReport(albums) }
      }),
    )

  album
    .command('create')
    .description('make an album')
    .argument('<name>')
    .action((name: string, _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const id = engine.albums.commands.create(name)
        return { result: { id, name: name.trim() }, report: `Made the album “${name.trim()}”.` }
      }),
    )

  album
    .command('rename')
    .description('give an album another name')
    .argument('<old>')
    .argument('<new>')
    .action((old: string, name: string, _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const id = engine.albums.queries.idOf(old)
        engine.albums.commands.rename(id, name)
        return { result: { id, name: name.trim() }, report: `“${old}” is “${name.trim()}” now.` }
      }),
    )

  album
    .command('delete')
    .description('delete an album; its photos stay')
    .argument('<name>')
    .action((name: string, _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        engine.albums.commands.delete(engine.albums.queries.idOf(name))
        return {
          result: { name },
          report: `Deleted the album “${name}”. Its photos are still in the library.`,
        }
      }),
    )

  album
    .command('add')
    .description(
      'add photos to an album; of a folder, all of them; what is new in the library is imported first',
    )
    .argument('<name>')
    .argument('<path...>')
    .action((name: string, paths: string[], _: unknown, command: Command) =>
      withEngine(command, async session => {
        const { engine } = session
        const id = engine.albums.queries.idOf(name)
        const { photos, failed } = await findOrImportPhotos(session, paths)
        const added = engine.albums.commands.add(id, photos)
        const count = engine.albums.queries.photosOf(id).length
        return {
          result: { album: name, added, photos: count, failed },
          report: [
            `Added ${added} photos to “${name}”, which has ${count} now.`,
            ...failureLines(failed),
          ].join('\n'),
          status: failed.length > 0 ? 3 : 0,
        }
      }),
    )

  album
    .command('remove')
    .description('take photos out of an album')
    .argument('<name>')
    .argument('<path...>')
    .action((name: string, paths: string[], _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const id = engine.albums.queries.idOf(name)
        const { photos, failed } = findPhotos(engine, paths)
        const removed = engine.albums.commands.remove(id, photos)
        const count = engine.albums.queries.photosOf(id).length
        return {
          result: { album: name, removed, photos: count, failed },
          report: [
            `Took ${removed} photos out of “${name}”, which has ${count} now.`,
            ...failureLines(failed),
          ].join('\n'),
          status: failed.length > 0 ? 3 : 0,
        }
      }),
    )

  album
    .command('import')
    .description('make one album of each folder inside; photos that are new are imported first')
    .argument('<folder>')
    .action((folder: string, _: unknown, command: Command) =>
      withEngine(command, async ({ engine, signal, onProgress }) => {
        const made = engine.albums.importer.start(toPath(folder), { signal, onProgress })
        const { albums, created, photos, failed } = await made.done
        const result = { albums, created, photos, failed }
        return {
          result,
          report: albumImportReport(result),
          status: failed.length > 0 ? 3 : 0,
        }
      }),
    )

  album
    .command('suggest')
    .description('photos that most likely belong to an album')
    .argument('<name>')
    .option('-k <count>', 'how many', number(1, 500, true), 20)
    .action((name: string, { k }: { k: number }, command: Command) =>
      withEngine(command, async ({ engine }) => {
        const { ids, confidences } = await engine.labels.suggest(engine.albums.queries.idOf(name), k)
        const suggestions = ids.map((id, i) => ({
          rank: i + 1,
          id,
          path: engine.overview.pathOf(id),
          confidence: confidences[i]!,
        }))
        return { result: { album: name, suggestions }, report: suggestionsReport(name, suggestions) }
      }),
    )

  album
    .command('refuse')
    .description('photos that do not belong to an album: they are not suggested again')
    .argument('<name>')
    .argument('<path...>')
    .action((name: string, paths: string[], _: unknown, command: Command) =>
      withEngine(command, ({ engine }) => {
        const { photos, failed } = findPhotos(engine, paths)
        engine.albums.commands.refuse(engine.albums.queries.idOf(name), photos)
        return {
          result: { album: name, refused: photos.length, failed },
          report: [`Refused ${photos.length} photos for “${name}”.`, ...failureLines(failed)].join('\n'),
          status: failed.length > 0 ? 3 : 0,
        }
      }),
    )

  album
    .command('ask')
    .description('the photos whose label would teach the most')
    .option('-k <count>', 'how many', number(1, 50, true), 10)
    .action(({ k }: { k: number }, command: Command) =>
      withEngine(command, async ({ engine }) => {
        const asked = await engine.labels.askMe(k)
        const questions = asked.map(({ photo, albums }) => ({
          id: photo,
          path: engine.overview.pathOf(photo),
          albums: albums.map(({ id, confidence }) => ({
            album: engine.albums.queries.nameOf(id),
            confidence,
          })),
        }))
        return { result: { questions }, report: questionsReport(questions) }
      }),
    )

  for (const [name, description, nothing] of [
    ['undo', 'take the last change to albums back', 'There is nothing to take back.'],
    ['redo', 'do again what was taken back', 'There is nothing to do again.'],
  ] as const)
    album
      .command(name)
      .description(description)
      .action((_: unknown, command: Command) =>
        withEngine(command, ({ engine }) => {
          const change = engine.albums.commands[name]()
          const label = change && changeWords(change)
          return {
            result: { label },
            report: label === null ? nothing : `${name === 'undo' ? 'Undone' : 'Done again'}: ${label}`,
          }
        }),
      )
}

/** Finds the photos at these paths, after an import where one lies in a folder of the library and is not known yet. */
async function findOrImportPhotos(
  { engine, signal, onProgress }: Session,
  paths: readonly string[],
): Promise<FoundPhotos> {
  const found = findPhotos(engine, paths)
  const fresh = found.failed.map(({ path }) => path).filter(path => existsSync(fsPath(path)))
  const roots = engine.overview.rootsOf(fresh)
  if (roots.length === 0) return found
  const { ignore } = engine.library
  const imported = await engine.library.import(roots, { ignore, signal, onProgress })
  const reasons = new Map(imported.failed.map(failure => [failure.path, failure]))
  const { photos, failed } = findPhotos(engine, paths)
  return { photos, failed: failed.map(failure => reasons.get(failure.path) ?? failure) }
}
