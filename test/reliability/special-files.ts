import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { networkSource, readModelFile } from '../../electron/engine/vision/external/network-file.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { asKindredError } from '../../electron/shared/errors.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'
import type { Random } from '../../electron/shared/random.ts'
import { Cli } from '../support/cli.ts'
import { writePicture } from '../support/small-photos.ts'
import type { Campaign } from './campaign.ts'

const PHOTOS = 6
/** Milliseconds after which something hangs. */
const HANGS = 20_000
/** Of so many attacks, one is on the library's own files, with the whole program. */
const LIBRARY_EVERY = 10

/** Puts pipes, sockets, devices, folders and dangling links in place of files. */
export const specialFiles: Campaign = {
  name: 'special-files',
  title: 'pipes, sockets, devices and folders in place of files',
  promise: 'nothing hangs, and each is refused in words',
  count: 200,
  quickCount: 10,
  unavailable: () => (process.platform === 'win32' ? 'Windows has no such files' : undefined),

  async run({ count, random, folder, log }) {
    const [photos, libraryDir] = [join(folder, 'photos'), join(folder, 'library')]
    for (let n = 0; n < PHOTOS; n++)
      await writePicture(join(photos, `${n}.jpg`), n, 'jpg', { width: 500, height: 400 })
    const open = (): Promise<Engine> => openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
    const losses: string[] = []
    let engine = await open()
    await engine.library.import([photos])
    try {
      for (let n = 1; n <= count; n++) {
        const ofLibrary = n % LIBRARY_EVERY === 0
        if (ofLibrary) await engine.close()
        const attack = ofLibrary
          ? await attackLibrary(libraryDir, random)
          : await attackPhotos(engine, photos, libraryDir, random)
        if (ofLibrary) engine = await open()
        if (attack !== undefined) losses.push(attack)
        if (ofLibrary) log(`${n} of ${count}`)
      }
      await engine.library.import([photos])
      const { photos: left } = await engine.diagnostics.doctor(true)
      if (left !== PHOTOS) losses.push(`${left} of ${PHOTOS} photos are left`)
    } finally {
      await engine.close()
    }
    return { attacks: count, losses }
  },
}

/** @returns what was lost */
async function attackPhotos(
  engine: Engine,
  photos: string,
  libraryDir: string,
  random: Random,
): Promise<string | undefined> {
  const photo = engine.catalog.photos.byId(random.int(1, PHOTOS) as PhotoId)!
  const { files } = engine.catalog
  const [file] = [...files.presentOf(photo.id), ...files.missingOf(photo.id)]
  const path = file?.path ?? join(photos, '0.jpg')
  const thumbnail = engine.thumbnails.path(photo.contentHash)
  const actions: Readonly<Record<string, [place: string, act: () => Promise<unknown>]>> = {
    'view an image': [path, () => engine.images.image(photo.id, 1280)],
    'view a thumbnail': [thumbnail, () => engine.images.thumbnail(photo.id)],
    'search by a photo': [path, () => engine.search.similar({ images: [{ path }], k: 3 })],
    import: [path, () => engine.library.import([photos])],
    'take in a head': [path, () => readModelFile(path, 2 ** 20)],
    'take in a network': [path, () => networkSource(path, {})],
    examine: [path, () => engine.diagnostics.doctor()],
  }
  const [name, [place, act]] = random.pick(Object.entries(actions))
  return attack(name, place, libraryDir, random, act)
}

function attackLibrary(libraryDir: string, random: Random): Promise<string | undefined> {
  const file = random.pick(['index.kindred', 'lock.db', 'catalog.db', 'thumbnails'])
  return attack(
    `open a library with another ${file}`,
    join(libraryDir, file),
    libraryDir,
    random,
    async () => {
      const { status, signal } = await new Cli(libraryDir).run(['album', 'list'])
      if (status !== 0 && status !== 1) throw new Error(`it ended with ${signal ?? status}`)
    },
  )
}

async function attack(
  name: string,
  place: string,
  libraryDir: string,
  random: Random,
  act: () => Promise<unknown>,
): Promise<string | undefined> {
  // Beside the folder of photos: in it, an import would find it as moved.
  const aside = `${libraryDir}.aside`
  renameSync(place, aside)
  const kind = random.pick(Object.keys(stands))
  const remove = await stands[kind]!(place)
  try {
    return await Promise.race([
      wait(HANGS, `${name}, ${kind}: it hangs`, { ref: false }),
      act().then(
        () => undefined,
        (error: unknown) => {
          const { code, message } = asKindredError(error)
          return code === 'internal' ? `${name}, ${kind}: ${message}` : undefined
        },
      ),
    ])
  } finally {
    remove()
    if (lstatSync(place, { throwIfNoEntry: false })) rmSync(place, { recursive: true })
    renameSync(aside, place)
  }
}

/** What takes a file's place; each returns how it goes away. */
const stands: Readonly<Record<string, (place: string) => Promise<() => void> | (() => void)>> = {
  'a pipe': place => {
    spawnSync('mkfifo', [place])
    return () => undefined
  },
  'a socket': async place => {
    // Its name must be short.
    const server = createServer()
    server.on('error', () => undefined)
    await new Promise(resolve => server.once('listening', resolve).once('error', resolve).listen(place))
    return () => void server.close()
  },
  'a folder': place => {
    mkdirSync(join(place, 'inside'), { recursive: true })
    return () => undefined
  },
  'a link to a device': place => {
    symlinkSync('/dev/zero', place)
    return () => undefined
  },
  'a dangling link': place => {
    symlinkSync('/nowhere/at/all', place)
    return () => undefined
  },
}
