import { cp, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { KindredError } from '../../electron/shared/errors.ts'
import type { RpcClient } from '../../electron/shared/rpc-client.ts'
import { Cli } from '../support/cli.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { AlbumEditor, lossIn, readAlbums, stateFrom, type Albums } from './support/album-model.ts'
import { EngineProcess } from './support/engine-process.ts'
import { jobEnd } from './support/jobs.ts'
import { SmallDisk, whyNotMounted } from './support/mounts.ts'
import { makeSmallLibrary, writePhotos } from './support/small-library.ts'

const PHOTOS = 45
const NEW_PHOTOS = 20
const MEGABYTES = 24
/** Bytes that are left. */
const LEFT = [0, 4096, 65_536, 262_144, 1_048_576]

export const fullDisk: Campaign = {
  name: 'full-disk',
  title: 'disk full at every kind of write',
  promise: 'the program says so and goes on once there is space, and no acknowledged label is lost',
  count: 100,
  quickCount: 3,
  unavailable: () => whyNotMounted(folder => new SmallDisk(folder, 1)),
  run,
}

interface Tools {
  readonly client: RpcClient
  readonly editor: AlbumEditor
  /** A folder that is not in the library. */
  readonly newPhotos: string
}

/** What writes, each made through a client; throws what the program says. */
const writes: Readonly<Record<string, (tools: Tools) => Promise<unknown>>> = {
  'album edits': async ({ client, editor }) => {
    let left = 10
    const [error] = await editor.edit(client, () => left-- > 0)
    if (error) throw error
  },
  import: async ({ client, newPhotos }) => {
    const { job } = await client.call('folders.add', { paths: [newPhotos] })
    await jobEnd(client, job)
  },
  settings: ({ client }) => client.call('settings.set', { ignore: [`*.${'x'.repeat(400)}`] }),
  training: async ({ client }) => {
    // A training that was cut off goes on by itself when the library is opened.
    const { jobs } = await client.call('jobs.list', {})
    const resumed = jobs.find(
      ({ kind, state }) => kind === 'train' && (state === 'running' || state === 'paused'),
    )
    await jobEnd(client, resumed?.id ?? (await client.call('models.train', {})).job)
  },
  switch: async ({ client }) => {
    const { versions } = await client.call('models.list', {})
    const { id } = versions.find(({ active }) => !active)!
    await jobEnd(client, (await client.call('models.use', { id })).job)
  },
  'index tuning': async ({ client }) => jobEnd(client, (await client.call('index.measure', {})).job),
  'import of a model': async ({ client }) => {
    const { versions } = await client.call('models.list', {})
    const { name, base64 } = await client.call('models.export', {
      id: versions.find(({ active }) => active)!.id,
    })
    await client.call('models.import', { name, base64 })
  },
  'repair of the index': ({ client }) => client.call('doctor', { repair: true }),
}

const kinds = [...Object.keys(writes), 'repair of the catalog']

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const made = await makeSmallLibrary(folder, PHOTOS)
  const newPhotos = await writePhotos(join(folder, 'new'), NEW_PHOTOS)
  const disk = new SmallDisk(folder, MEGABYTES)
  const library = join(disk.mounted, 'library')
  const losses: string[] = []
  let refused = 0
  try {
    for (let i = 0; i < count; i++) {
      const kind = kinds[i % kinds.length]!
      const left = random.pick(LEFT)
      const name = `${kind}, ${left} bytes left`
      await rm(library, { recursive: true, force: true })
      await cp(made.library, library, { recursive: true })
      const attack = { disk, library, newPhotos, random, left }
      const lost = kind in writes ? await whileOpen(attack, writes[kind]!) : await whileDamaged(attack)
      if (lost.refused) refused++
      losses.push(...lost.losses.map(text => `attack ${i}, ${name}: ${text}`))
      if (i % 10 === 9) log(`${i + 1} of ${count}, ${losses.length} lost`)
      disk.free()
    }
  } finally {
    disk.remove()
  }
  return { attacks: count, losses, remarks: `${kinds.length} kinds of writes; ${refused} were refused` }
}

interface Attack extends Pick<CampaignOptions, 'random'> {
  readonly disk: SmallDisk
  readonly library: string
  readonly newPhotos: string
  readonly left: number
}

interface Outcome {
  readonly losses: string[]
  readonly refused: boolean
}

/** The disk becomes full before or in the midst of a write of a running program. */
async function whileOpen(attack: Attack, write: (tools: Tools) => Promise<unknown>): Promise<Outcome> {
  const { disk, library, newPhotos, random, left } = attack
  const losses: string[] = []
  let engine = await EngineProcess.start(library)
  const { ids } = await engine.client.call('photos.list', {})
  const from = stateFrom(await readAlbums(engine.client))
  const editor = new AlbumEditor(random, ids, from, 1)
  await editor.edit(engine.client, () => editor.acknowledged < 5)

  const before = random.chance(0.5)
  if (before) disk.fill(left)
  const writing = write({ client: engine.client, editor, newPhotos }).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  )
  if (!before) {
    await wait(random.between(0, 60))
    disk.fill(left)
  }
  const error = await writing
  editor.forgetRefused()
  const unsaid = unforeseen(error)
  if (unsaid !== undefined) losses.push(unsaid)

  // What can be read is read, however full the disk is.
  const look = async (when: string): Promise<void> => {
    try {
      const loss = lossIn(editor.possible, await readAlbums(engine.client))
      if (loss !== undefined) losses.push(`${when}: ${loss}`)
    } catch (reason) {
      losses.push(`${when}: ${String(reason)}`)
    }
  }
  await look('while it is full')
  if (!engine.isRunning) losses.push('the engine has ended')
  if (random.chance(0.5)) {
    await (random.chance(0.5) ? engine.kill() : engine.close())
    disk.free()
    engine = await EngineProcess.start(library)
  } else disk.free()
  await look('with space again')
  try {
    await write({ client: engine.client, editor, newPhotos })
    const { problems } = await engine.client.call('doctor', {})
    losses.push(...problems.map(({ message }) => message))
  } catch (reason) {
    losses.push(`it does not go on with space: ${String(reason)}`)
  }
  await look('at the end')
  await engine.close()
  return { losses, refused: error !== undefined }
}

/** A damaged catalog is repaired on a full disk. */
async function whileDamaged({ disk, library, left }: Attack): Promise<Outcome> {
  const cli = new Cli(library)
  const losses: string[] = []
  const albums = async (): Promise<Albums> => {
    const engine = await EngineProcess.start(library)
    const read = await readAlbums(engine.client)
    await engine.close()
    return read
  }
  const from = stateFrom(await albums())
  await truncate(layoutOf(library).catalog, 5000)
  disk.fill(left)
  const { status, stderr } = await cli.run(['doctor', '--repair'])
  if (/unforeseen|internal/i.test(stderr)) losses.push(stderr)
  disk.free()
  const { ok, problems } = await cli.doctor(['--repair'])
  if (!ok) losses.push(`not repaired with space: ${JSON.stringify(problems)}`)
  const loss = lossIn([from], await albums())
  if (loss !== undefined) losses.push(loss)
  return { losses, refused: status !== 0 }
}

/** What is wrong with an error that a full disk led to; undefined where it says what happened. */
function unforeseen(error: Error | undefined): string | undefined {
  if (error === undefined) return undefined
  const said =
    error instanceof KindredError && (error.code === 'disk-full' || error.code === 'library-unwritable')
  return said ? undefined : `it says “${error.message}”`
}
