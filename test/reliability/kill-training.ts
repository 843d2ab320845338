import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TrainingReport } from '../../electron/shared/training-report.ts'
import { Cli, type CliOptions, type CliRun } from '../support/cli.ts'
import { openCatalog, strayFiles } from '../support/library-contents.ts'
import { readLabels } from '../support/library-labels.ts'
import { writeSmallResources } from '../support/runtimes/small-resources.ts'
import { shapes, writePicture } from '../support/small-photos.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { countWrites, runKilled, wasKilled } from './support/killed-run.ts'
import { differenceOf } from './support/losses.ts'

/** A few kills are made in a training of seconds, many in one that is long enough to leave checkpoints. */
const FEW = 10
const SHORT = { albums: 2, photos: 10 }
const LONG = { albums: 28, photos: 6 }
/** So many kills on the way from nothing to a trained version. */
const KILLS_EACH = 4
const TRAIN = ['train', '--seed', '7']

export const killTraining: Campaign = {
  name: 'kill-training',
  title: 'killed in a training',
  promise: 'the next training goes on to the same version, and no held-out photo is learned from',
  count: 200,
  quickCount: 2,
  run,
}

/** What a training leaves behind, times aside. */
interface Outcome {
  readonly reports: readonly unknown[]
  readonly heads: readonly string[]
  readonly labels: unknown
  /** Photos of the held-out fold that were learned from. */
  readonly leaked: number
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const resources = join(folder, 'resources')
  writeSmallResources(resources)
  const options = { env: { KINDRED_RESOURCES: resources } }
  const untrained = join(folder, 'untrained')
  await makeAlbums(join(folder, 'photos'), new Cli(untrained, options), count > FEW ? LONG : SHORT)

  const undisturbed = new Cli(join(folder, 'undisturbed'), options)
  await cp(untrained, undisturbed.library, { recursive: true })
  const writes = await countWrites(undisturbed, TRAIN, folder)
  const cli = new Cli(join(folder, 'killed'), options)
  await cp(untrained, cli.library, { recursive: true })
  const { millis } = await trained(cli)
  const wanted = outcomeOf(undisturbed.library)
  const losses: string[] = []
  let [killed, halfWay, ended] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    if (i % KILLS_EACH === 0) {
      await rm(cli.library, { recursive: true, force: true })
      await cp(untrained, cli.library, { recursive: true })
    }
    const run = random.chance(0.5)
      ? await runKilled(cli, TRAIN, writes, random)
      : await killedAfter(cli, random.between(0.05, 1) * millis)
    if (wasKilled(run)) killed++
    else if (run.status !== 0) losses.push(`attack ${i}: ${run.stderr}`)
    const left = outcomeOf(cli.library)
    if (left.heads.length > 0) ended++
    else if (hasCheckpoint(cli.library)) halfWay++
    if (i % KILLS_EACH !== KILLS_EACH - 1 && i < count - 1) continue
    const lost = await resume(cli, wanted)
    losses.push(...lost.map(text => `after attack ${i}: ${text}`))
    log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  const remarks = `${killed} came before the end; ${halfWay} times a checkpoint was there to go on from, ${ended} times the trained version`
  return { attacks: count, losses, remarks }
}

async function makeAlbums(folder: string, cli: Cli, { albums, photos }: typeof SHORT): Promise<void> {
  for (let album = 0; album < albums; album++)
    for (let i = 0; i < photos; i++)
      await writePicture(join(folder, `album ${album}`, `${i}.jpg`), `${album} ${i}`, 'jpg', {
        ...{ shape: shapes[album % shapes.length]!, width: 64, height: 64 },
      })
  const { status, stderr } = await cli.run(['album', 'import', folder])
  if (status !== 0) throw new Error(`The albums were not made: ${stderr}`)
}

async function trained(cli: Cli): Promise<CliRun> {
  const run = await cli.run(TRAIN)
  if (run.status !== 0) throw new Error(`The training ended with status ${run.status}: ${run.stderr}`)
  return run
}

function killedAfter(cli: Cli, millis: number): Promise<CliRun> {
  const onStart: CliOptions['onStart'] = child => void wait(millis).then(() => child.kill('SIGKILL'))
  return cli.run(TRAIN, { onStart })
}

async function resume(cli: Cli, wanted: Outcome): Promise<string[]> {
  const run = await cli.run(TRAIN)
  if (run.status !== 0) return [`the training does not resume: ${run.stderr}`]
  const found = outcomeOf(cli.library)
  const losses = [differenceOf(found.reports[0], wanted.reports[0]) ?? []].flat()
  // Where a kill came after all was done, the training was one more, and so a further look at the same photos.
  if (found.heads.some(head => head !== wanted.heads[0])) losses.push('another version was trained')
  if (found.leaked > 0) losses.push(`${found.leaked} held-out photos were learned from`)
  losses.push(...[differenceOf(found.labels, wanted.labels) ?? []].flat())
  losses.push(...strayFiles(cli.library).map(file => `${file} is left over`))
  const { problems } = await cli.doctor()
  losses.push(...problems.map(({ message }) => message))
  return losses
}

function outcomeOf(library: string): Outcome {
  const db = openCatalog(library)
  try {
    const reports = db.prepare<[], string>('SELECT report FROM training ORDER BY head_id').pluck().all()
    const heads = db
      .prepare<[], string>(
        `SELECT hex(parameters) FROM head JOIN training ON head_id = head.id ORDER BY head.id`,
      )
      .pluck()
      .all()
    const heldOut = new Set(
      db.prepare<[], number>('SELECT photo_id FROM label_fold WHERE fold = 0').pluck().all(),
    )
    const seen = db.prepare<[], Buffer>('SELECT seen FROM training').pluck().all()
    const learned = seen.flatMap(ids =>
      Array.from({ length: ids.length / 4 }, (_, i) => ids.readUInt32LE(4 * i)),
    )
    return {
      reports: reports.map(report => withoutTimes(JSON.parse(report) as TrainingReport)),
      heads,
      labels: readLabels(library),
      leaked: learned.filter(id => heldOut.has(id)).length,
    }
  } finally {
    db.close()
  }
}

const TIMES = ['seconds', 'createdAt']
const withoutTimes = (report: TrainingReport): unknown =>
  Object.fromEntries(Object.entries(report).filter(([key]) => !TIMES.includes(key)))

function hasCheckpoint(library: string): boolean {
  const db = openCatalog(library)
  try {
    return db.prepare('SELECT 1 FROM checkpoint').get() !== undefined
  } finally {
    db.close()
  }
}
