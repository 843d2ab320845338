import { chmod, copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import type { JobContext, JobRunner } from '../runtime/jobs/job-runner.ts'
import { NotRegularFile } from '../runtime/regular-file.ts'
import { replaceFile } from '../runtime/replace-file.ts'
import { asStorageError } from '../runtime/storage-error.ts'

export interface AddSamplesRequest {
  /** The folder that the build has rendered sample photos into: one folder of each kind. */
  readonly samplesDir: string | undefined
  /** The folder that they are copied to. */
  readonly target: string
  /** How many of each kind, at most. */
  readonly perKind: number
  readonly jobs: Pick<JobRunner, 'start'>
  readonly startImport: (folder: string) => unknown
}

/**
 * Copies sample photos in the background, then starts their import.
 * @returns the id of the job that copies
 * @throws KindredError `samples-missing`
 */
export async function addSamples(request: AddSamplesRequest): Promise<number> {
  const { target, perKind, jobs, startImport } = request
  const photos = await findSamples(request.samplesDir, perKind)
  const { id, done } = jobs.start('samples', { perKind }, job => copySamples(photos, target, job))
  // A failure is recorded with the job.
  void done.then(() => startImport(target)).catch(() => undefined)
  return id
}

interface SamplePhoto {
  readonly kind: string
  readonly name: string
  readonly source: string
}

async function findSamples(folder: string | undefined, perKind: number): Promise<SamplePhoto[]> {
  const kinds = folder === undefined ? [] : await foldersIn(folder)
  const photos: SamplePhoto[] = []
  for (const kind of kinds) {
    const source = join(folder!, kind)
    const names = (await readdir(source)).sort().slice(0, perKind)
    photos.push(...names.map(name => ({ kind, name, source: join(source, name) })))
  }
  if (photos.length === 0)
    throw new KindredError('samples-missing', 'The sample photos are not rendered yet.')
  return photos
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
}

/** A photo that is there already stays as it is; none is ever there by half. */
async function copySamples(photos: readonly SamplePhoto[], target: string, job: JobContext): Promise<void> {
  job.progress.begin('copying', photos.length)
  for (const [kind, ofKind] of Map.groupBy(photos, photo => photo.kind)) {
    const folder = join(target, kind)
    await mkdir(folder, { recursive: true })
    const present = new Set(await readdir(folder))
    for (const { name, source } of ofKind) {
      await job.checkpoint()
      if (!present.has(name)) await copyWhole(source, folder, name)
      job.progress.advance()
    }
  }
}

async function copyWhole(source: string, folder: string, name: string): Promise<void> {
  const unfinished = join(folder, `.${name}.${process.pid}.part`)
  try {
    await replaceFile(join(folder, name), unfinished, async () => {
      // Copying from a pipe would wait for ever.
      if (!(await stat(source)).isFile()) throw new NotRegularFile(`${source} is no file.`)
      await copyFile(source, unfinished)
      // The copy has the permissions of its source; a library is its user's alone.
      await chmod(unfinished, 0o600)
    })
  } catch (error) {
    throw asStorageError(error, 'A sample photo')
  }
}
