/** @file The import job: from folders, or from single files that have changed, to catalog and index. */
import type { ImportResult } from '../../shared/results.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { isBelow, type FilePath } from '../library/paths.ts'
import type { JobContext } from '../runtime/jobs/job-runner.ts'
import { keepIgnore, leftOutBy } from './ignore.ts'
import { ImportRun, type ImportTools } from './import-run.ts'
import { withRootsInside } from './roots-inside.ts'

export interface ImportParameters {
  readonly folders: readonly FilePath[]
  /** Patterns of what is left out of these folders from now on; none: what was given before stays. */
  readonly ignore: readonly string[]
  /** Whether files that failed before are read again, changed or not. */
  readonly retryFailed?: boolean
  /** Whether a folder is left as it is whose photos come with another folder of the library, instead of becoming one too. */
  readonly staysWithin?: boolean
}

/**
 * Brings the library up to date with the folders: scan → read and hash → decode → features → catalog → index, each
 * stage at its own concurrency. Every batch is one transaction: the next run resumes one that was cut off at any
 * point.
 */
export async function runImport(
  tools: ImportTools,
  parameters: ImportParameters,
  job: JobContext,
): Promise<ImportResult> {
  const started = performance.now()
  const { catalog, index } = tools
  const run = new ImportRun(tools, job)
  catalog.transaction(() => {
    for (const folder of parameters.folders)
      if (!parameters.staysWithin || !comesWithAnother(catalog, folder)) catalog.addRoot(folder)
    if (parameters.ignore.length > 0) keepIgnore(catalog, parameters.folders, parameters.ignore)
  })

  const { folders, retryFailed = false } = parameters
  const candidates = await run.scan({
    ...(await withRootsInside(folders, catalog.roots())),
    ...leftOutBy(catalog),
    exclude: [tools.libraryFolder],
    catalogFile: catalog.file,
    retryFailed,
  })
  const imported = await run.process(candidates)
  await run.settleVanished()
  await run.settleSidecars()
  const counts = run.counts()
  if (index.unsaved) await index.save()

  const seconds = (performance.now() - started) / 1000
  const failed = run.failures(folders)
  const damaged = run.damaged(folders)
  const photos = catalog.photos.countPresent()
  const photosPerSecond = seconds > 0 ? imported / seconds : 0
  return { photos, ...counts, failed, damaged, seconds, photosPerSecond }
}

/** Whether the walk of another folder of the library has been to this one: it may leave out what lies in it. */
const comesWithAnother = (catalog: Catalog, folder: FilePath): boolean =>
  catalog.roots().some(root => root !== folder && isBelow(folder, root)) &&
  catalog.files.below(folder).some(({ state }) => state === 'present')

/**
 * The same for single files of which something is known to have changed: each is compared with the catalog. The index is
 * not saved for so few: what its file lacks is found at the next opening.
 */
export async function importChanges(
  tools: ImportTools,
  paths: readonly FilePath[],
  job: JobContext,
): Promise<ImportResult> {
  const started = performance.now()
  const run = new ImportRun(tools, job)
  const imported = await run.process(await run.scan({ paths, catalogFile: tools.catalog.file }))
  await run.settleVanished()
  await run.settleSidecars()
  const counts = run.counts()
  const seconds = (performance.now() - started) / 1000
  const photos = tools.catalog.photos.countPresent()
  const [failed, damaged] = [run.failures(paths), run.damaged(paths)]
  return { photos, ...counts, failed, damaged, seconds, photosPerSecond: imported / seconds }
}
