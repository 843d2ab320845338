import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asKindredError, type KindredError } from '../../electron/shared/errors.ts'
import type { Random } from '../../electron/shared/random.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { AlbumEditor, albumsIn, lossIn, readAlbums, stateFrom } from './support/album-model.ts'
import { EngineProcess } from './support/engine-process.ts'
import { makeSmallLibrary, withLibrary } from './support/small-library.ts'

const PHOTOS = 12

export const damagedLock: Campaign = {
  name: 'damaged-lock',
  title: 'the lock of the library damaged, removed or replaced',
  promise: 'never two processes in one library, and plain words',
  count: 100,
  quickCount: 2,
  run,
}

/** What happens to the lock. */
const damages: Readonly<Record<string, (lock: string, random: Random) => Promise<void>>> = {
  removed: lock => rm(lock, { recursive: true, force: true }),
  'overwritten with rubbish': (lock, random) => writeFile(lock, randomBytes(random.int(1, 9000))),
  'replaced by an empty file': async lock => {
    await writeFile(`${lock}.new`, '')
    await rename(`${lock}.new`, lock)
  },
  'replaced by rubbish': async (lock, random) => {
    await writeFile(`${lock}.new`, randomBytes(random.int(1, 9000)))
    await rename(`${lock}.new`, lock)
  },
  'replaced by a folder': async lock => {
    await rm(lock, { recursive: true, force: true })
    await mkdir(lock)
  },
  'cut off': lock => truncate(lock, 0),
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library } = await makeSmallLibrary(folder, PHOTOS)
  const lock = join(library, 'lock.db')
  const names = Object.keys(damages)
  const losses: string[] = []
  for (let i = 0; i < count; i++) {
    const name = names[i % names.length]!
    const damage = damages[name]!
    const lost = (text: string): number => losses.push(`attack ${i}, ${name}: ${text}`)

    // While a process has the library open.
    const engine = await EngineProcess.start(library)
    const { ids } = await engine.client.call('photos.list', {})
    const editor = new AlbumEditor(random, ids, stateFrom(await readAlbums(engine.client)))
    await damage(lock, random)
    for (const what of ['the second process', 'the third process']) {
      const refusal = await whyRefused(library)
      if (!refusal) lost(`${what} opens the library, too`)
      else if (!isPlain(refusal)) lost(`${what} is told “${refusal.message}”`)
    }
    const until = editor.acknowledged + 5
    const errors = await editor.edit(engine.client, () => editor.acknowledged < until)
    for (const error of errors) lost(error.message)
    await (random.chance(0.5) ? engine.kill() : engine.close())

    // Nobody has it open any more.
    await damage(lock, random)
    const refusal = await whyRefused(library)
    if (refusal && !isPlain(refusal)) lost(`with nobody in it, the library says “${refusal.message}”`)
    if (refusal && name !== 'replaced by a folder') lost('nobody gets in any more')
    await rm(lock, { recursive: true, force: true })
    await withLibrary(library, opened => {
      const loss = lossIn(editor.possible, albumsIn(opened))
      if (loss !== undefined) lost(loss)
    })
    if (i % 10 === 9) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  return {
    attacks: count,
    losses,
    remarks: `${names.length} kinds, with and without a process in the library`,
  }
}

/** What a process that opens the library is told; undefined where it gets in. */
const whyRefused = (library: string): Promise<KindredError | undefined> =>
  withLibrary(library, () => undefined).catch(asKindredError)

/** Somebody who reads it knows what to do. */
const isPlain = ({ code, message }: KindredError): boolean =>
  code === 'library-in-use' || (code === 'library-unwritable' && message.includes('lock.db'))
