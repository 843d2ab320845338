import { closeSync, cpSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { Cli } from '../support/cli.ts'
import { readLibrary, strayFiles, type LibraryContents } from '../support/library-contents.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { AlbumEditor, albumsIn, lossIn } from './support/album-model.ts'
import { EngineProcess } from './support/engine-process.ts'
import { differenceOf } from './support/losses.ts'
import { DiskImage, whyNotMounted } from './support/mounts.ts'
import { importPhotos, withLibrary, type SmallLibrary } from './support/small-library.ts'

const PHOTOS = 24
const MEGABYTES = 96

export const powerCut: Campaign = {
  name: 'power-cut',
  title: 'power cut in edits and imports',
  promise: 'acknowledged edits are there, no broken thumbnail is served, an import ends as without the cut',
  count: 100,
  quickCount: 3,
  unavailable: () => whyNotMounted(folder => DiskImage.make(folder, 8)),
  run,
}

interface Attacks extends CampaignOptions {
  readonly made: SmallLibrary
  readonly disk: DiskImage
  readonly losses: string[]
}

async function run(options: CampaignOptions): Promise<CampaignOutcome> {
  const { count, folder } = options
  const made = await importPhotos(folder, PHOTOS)
  const disk = DiskImage.make(join(folder, 'disk'), MEGABYTES)
  const losses: string[] = []
  const edits = Math.ceil((count * 2) / 3)
  try {
    const acknowledged = await cutEdits({ ...options, count: edits, made, disk, losses })
    await cutImports({ ...options, count: count - edits, made, disk, losses })
    const remarks = `${edits} came in edits (${acknowledged} acknowledged), the others in imports or just after them`
    return { attacks: count, losses, remarks }
  } finally {
    disk.remove()
  }
}

/** @returns how many edits were acknowledged */
async function cutEdits({ count, random, made, disk, losses, log }: Attacks): Promise<number> {
  const library = join(disk.mounted, 'edited')
  cpSync(made.library, library, { recursive: true })
  disk.sync()
  const engine = await EngineProcess.start(library)
  const { ids } = await engine.client.call('photos.list', {})
  const editor = new AlbumEditor(random, ids)
  let last = false
  const editing = editor.edit(engine.client, () => !last)
  for (let i = 0; i < count; i++) {
    await wait(random.between(5, 300))
    engine.signal('SIGSTOP')
    const { possible } = editor
    const cut = disk.afterPowerCut()
    last = i === count - 1
    engine.signal('SIGCONT')
    try {
      await withLibrary(join(cut.mounted, 'edited'), async opened => {
        const loss = lossIn(possible, albumsIn(opened))
        if (loss !== undefined) losses.push(`in edits, ${i}: ${loss}`)
        const { problems } = await opened.diagnostics.doctor()
        losses.push(...problems.map(({ message }) => `in edits, ${i}: ${message}`))
      })
    } catch (error) {
      losses.push(`in edits, ${i}: ${String(error)}`)
    } finally {
      cut.remove()
    }
    if (i % 10 === 9) log(`${i + 1} of ${count} in edits, ${losses.length} lost`)
  }
  losses.push(...(await editing).map(error => `an edit failed: ${String(error)}`))
  await engine.close()
  return editor.acknowledged
}

async function cutImports({ count, random, made, disk, losses, log }: Attacks): Promise<void> {
  const whole = readLibrary(made.library)
  const library = join(disk.mounted, 'imported')
  let millis = 1500
  for (let i = 0; i < count; i++) {
    rmSync(library, { recursive: true, force: true })
    disk.sync()
    const wasDone = random.chance(0.5)
    const cut = await cutAfter(
      disk,
      library,
      made.photos,
      wasDone ? undefined : random.between(0.3, 1) * millis,
    )
    try {
      const lost = await look(join(cut.disk.mounted, 'imported'), made.photos, whole)
      losses.push(...lost.map(text => `${wasDone ? 'after an import' : 'in an import'}, ${i}: ${text}`))
    } finally {
      cut.disk.remove()
    }
    if (wasDone) millis = cut.millis
    log(`${i + 1} of ${count} in imports, ${losses.length} lost`)
  }
}

/**
 * Imports the photos, and cuts the power.
 * @param afterMs after the start; absent: when the import has reported its end
 */
async function cutAfter(
  disk: DiskImage,
  library: string,
  photos: string,
  afterMs: number | undefined,
): Promise<{ disk: DiskImage; millis: number }> {
  let inImport: DiskImage | undefined
  const run = await new Cli(library).run(['index', photos], {
    onStart: child => {
      if (afterMs === undefined) return
      const timer = setTimeout(() => {
        child.kill('SIGSTOP')
        inImport = cutPower(disk)
        child.kill('SIGKILL')
      }, afterMs)
      child.once('exit', () => clearTimeout(timer))
    },
  })
  return { disk: inImport ?? cutPower(disk), millis: run.millis }
}

/** Another program has just brought a file onto the disk, and with it the names and sizes of all files before. */
function cutPower(disk: DiskImage): DiskImage {
  const other = openSync(join(disk.mounted, 'other'), 'a')
  writeSync(other, 'more')
  fsyncSync(other)
  closeSync(other)
  return disk.afterPowerCut()
}

async function look(library: string, photos: string, whole: LibraryContents): Promise<string[]> {
  const cli = new Cli(library)
  const lost: string[] = []
  let broken = 0
  if (existsSync(layoutOf(library).catalog))
    await withLibrary(library, async ({ catalog, images }) => {
      for (const { id } of catalog.photos.all()) if (!(await isPicture(await images.thumbnail(id)))) broken++
    })
  if (broken > 0) lost.push(`${broken} thumbnails that are broken were served`)
  const { status, result, stderr } = await cli.index(photos)
  if (status !== 0 || result.failed.length > 0) return [...lost, `the import does not resume: ${stderr}`]
  const difference = differenceOf(readLibrary(library), whole)
  const stray = strayFiles(library).map(file => `${file} is left over`)
  return [...lost, ...(difference === undefined ? [] : [difference]), ...stray]
}

async function isPicture(bytes: Buffer): Promise<boolean> {
  try {
    await sharp(bytes, { failOn: 'warning' }).stats()
    return true
  } catch {
    return false
  }
}
