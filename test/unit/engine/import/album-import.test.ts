import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AlbumImporter } from '../../../../electron/engine/import/album-import.ts'
import type { Catalog } from '../../../../electron/engine/library/catalog/catalog.ts'
import { JobRunner } from '../../../../electron/engine/runtime/jobs/job-runner.ts'
import { silentLog } from '../../../../electron/engine/runtime/log.ts'
import type { ImportResult } from '../../../../electron/shared/results.ts'
import { codeOf, putPhoto, Scratch } from '../scratch.ts'

const scratch = new Scratch()

function made(importPhotos: (catalog: Catalog) => void = () => undefined): {
  folder: string
  catalog: Catalog
  jobs: JobRunner
  importer: AlbumImporter
} {
  const [folder, catalog] = [scratch.folder(), scratch.catalog()]
  const jobs = new JobRunner(catalog.jobs, silentLog, () => 0)
  const importer = new AlbumImporter({
    catalog,
    jobs,
    importPhotos: async () => {
      importPhotos(catalog)
      return { failed: [] } as unknown as ImportResult
    },
  })
  return { folder, catalog, jobs, importer }
}

describe('album import', () => {
  test('makes one album of each folder inside, as one change', async () => {
    const { folder, catalog, importer } = made(catalog => {
      for (const path of ['Cats/1.jpg', 'Cats/deeper/2.jpg', 'dogs/3.jpg', '4.jpg'])
        putPhoto(catalog, join(folder, path))
    })
    for (const name of ['Cats', 'dogs', 'empty']) mkdirSync(join(folder, name))
    catalog.albumCommands.create('DOGS')
    const result = await importer.start(folder).done
    expect(result).toEqual({ albums: 2, created: 1, photos: 3, failed: [], change: 2 })
    expect(catalog.albums.list().map(({ name, photos }) => [name, photos])).toEqual([
      ['DOGS', 1],
      ['Cats', 2],
    ])
    expect(catalog.albumCommands.undo()).toMatchObject({ kind: 'import' })
    expect(catalog.albums.list().map(({ name, photos }) => [name, photos])).toEqual([['DOGS', 0]])
  })

  test('refuses a folder of which no albums can come before it starts a job', async () => {
    const { folder, jobs, importer } = made()
    expect(await codeOf(() => importer.start(folder))).toBe('no-classes')
    expect(await codeOf(() => importer.start(join(folder, 'gone')))).toBe('folder-not-found')
    expect(jobs.list()).toEqual([])
  })

  test('resumes under the row of the job that was cut off, unless its folder is gone', async () => {
    const { folder, catalog, jobs, importer } = made()
    mkdirSync(join(folder, 'Cats'))
    const id = catalog.jobs.begin('albums', JSON.stringify({ folder }), 0)
    catalog.jobs.interrupt(id, 0)
    importer.resume({ folder: join(folder, 'gone') })
    expect(jobs.list()).toEqual([])
    importer.resume({ folder })
    expect(jobs.list().map(job => job.id)).toEqual([id])
    await jobs.stopAll()
  })

  test('refuses to resume with parameters that are not its own', async () => {
    const { jobs, importer } = made()
    expect(() => importer.resume({ folders: [] })).toThrow('folder')
    expect(jobs.list()).toEqual([])
  })
})
