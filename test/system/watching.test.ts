import { appendFile, copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EngineServer } from '../../electron/engine/api/engine-server.ts'
import { openEngineServer } from '../../electron/engine/engine.ts'
import type { AlbumId, PhotoId } from '../../electron/shared/ids.ts'
import { RemovableDrive, whyNoDrives } from '../reliability/support/removable-drive.ts'
import { temporaryFolder } from '../support/cli.ts'
import { writePicture } from '../support/small-photos.ts'

const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: EngineServer
let album: AlbumId
const at = (name: string): string => join(folder.path, 'photos', name)
const paths = (): string[] => {
  const { overview } = server.services
  return overview
    .photos()
    .map(({ path }) => path.slice(at('').length + 1))
    .sort()
}
const photoAt = (name: string): PhotoId | undefined => server.services.overview.photosAt(at(name))[0]
const watching = (): string => server.services.watch.watchingOf(join(folder.path, 'photos'))
const open = (): Promise<EngineServer> =>
  openEngineServer({ libraryDir: join(folder.path, 'library'), resourcesDir, watch: true })

beforeAll(async () => {
  folder = await temporaryFolder('watching')
  for (let i = 0; i < 4; i++) await writePicture(at(`${i}.jpg`), i)
  await mkdir(at('trips/2019'), { recursive: true })
  await writePicture(at('trips/2019/5.jpg'), 5)
  server = await open()
  await server.services.library.import([at('')])
  album = server.services.albums.commands.create('Roses', [photoAt('1.jpg')!, photoAt('trips/2019/5.jpg')!])
})
afterAll(async () => {
  await server.close()
  await folder.remove()
})

const members = (): PhotoId[] => [...server.services.albums.queries.photosOf(album)].sort((a, b) => a - b)

describe('a library that is open', () => {
  test('takes over a new photo, also in folders that did not exist before', async () => {
    await expect.poll(watching).toBe('hints')
    await writePicture(at('6.jpg'), 6)
    await mkdir(at('new/deep/er'), { recursive: true })
    await writePicture(at('new/deep/er/7.jpg'), 7)
    await expect.poll(paths).toEqual(expect.arrayContaining(['6.jpg', 'new/deep/er/7.jpg']))
    await writePicture(at('new/deep/8.jpg'), 8)
    await expect.poll(paths).toContain('new/deep/8.jpg')
  })

  test('keeps albums when a photo is edited, written anew, moved, or moved with its folder', async () => {
    const whole = await readFile(at('1.jpg'))
    const comment = Buffer.concat([Buffer.of(0xff, 0xfe, 0, 7), Buffer.from('roses')])
    const edited = Buffer.concat([whole.subarray(0, 2), comment, whole.subarray(2)])
    const before = photoAt('1.jpg')
    await rm(at('1.jpg'))
    await wait(200)
    await writeFile(at('1.jpg'), edited)
    await expect.poll(() => photoAt('1.jpg')).not.toBe(before)
    await expect.poll(members).toEqual([photoAt('trips/2019/5.jpg'), photoAt('1.jpg')])
    const kept = members()
    await rename(at('1.jpg'), at('new/1 moved.jpg'))
    await rename(at('trips'), at('journeys'))
    await expect.poll(paths).toEqual(expect.arrayContaining(['journeys/2019/5.jpg', 'new/1 moved.jpg']))
    await expect.poll(paths).not.toContain('trips/2019/5.jpg')
    expect(members()).toEqual(kept)
    // The renamed folder is watched under its new name.
    await writePicture(at('journeys/2019/9.jpg'), 9)
    await expect.poll(paths).toContain('journeys/2019/9.jpg')
  })

  test('takes a photo that is written slowly when it is whole, and nothing twice', async () => {
    await writePicture(at('whole.jpg'), 10)
    const bytes = await readFile(at('whole.jpg'))
    await rm(at('whole.jpg'))
    for (let part = 0; part < 8; part++) {
      const size = Math.ceil(bytes.length / 8)
      await appendFile(at('slow.jpg'), bytes.subarray(part * size, (part + 1) * size))
      await wait(150)
      expect(server.services.overview.failures()).toEqual([])
    }
    await expect.poll(paths).toContain('slow.jpg')
    expect(server.services.overview.failures()).toEqual([])
  })

  test('lets photos go that are deleted, and those of a deleted folder', async () => {
    await rm(at('0.jpg'))
    await rm(at('new'), { recursive: true })
    await expect.poll(paths).not.toContain('0.jpg')
    await expect.poll(() => paths().filter(path => path.startsWith('new'))).toEqual([])
  })

  test('has one line for all of that in its list of jobs', () => {
    const changes = server.services.jobs.list().filter(({ kind }) => kind === 'changes')
    expect(changes).toHaveLength(1)
  })

  test('leaves out what imports leave out, and does not look at it again and again', async () => {
    await mkdir(at('@Recycle'))
    await writePicture(at('@Recycle/11.jpg'), 11)
    await symlink(at('journeys'), at('again'))
    await writePicture(at('12.jpg'), 12)
    await expect.poll(paths).toContain('12.jpg')
    const job = server.services.jobs.list().find(({ kind }) => kind === 'changes')!.id
    await wait(1000)
    expect(paths().filter(path => /Recycle|again/.test(path))).toEqual([])
    expect(server.services.jobs.list().find(({ kind }) => kind === 'changes')!.id).toBe(job)
  })

  test('finds at its start what changed while it was closed', async () => {
    await server.close()
    await writePicture(at('13.jpg'), 13)
    await rm(at('12.jpg'))
    server = await open()
    await expect.poll(paths).toContain('13.jpg')
    await expect.poll(paths).not.toContain('12.jpg')
  })

  test('says which photos are away while their folder is not there, and reads none again when it is back', async () => {
    const { watch, overview } = server.services
    const before = paths()
    await rename(at(''), join(folder.path, 'unplugged'))
    await expect.poll(() => watch.away).toEqual([join(folder.path, 'photos')])
    expect(await overview.photosOnlyBelow(watch.away)).toHaveLength(before.length)
    expect(paths()).toEqual(before)
    const job = server.services.jobs.list().find(({ kind }) => kind === 'changes')?.id
    await rename(join(folder.path, 'unplugged'), at(''))
    await expect.poll(() => watch.away).toEqual([])
    expect(paths()).toEqual(before)
    expect(server.services.jobs.list().find(({ kind }) => kind === 'changes')?.id).toBe(job)
  })

  test.skipIf(whyNoDrives() !== undefined)(
    'takes over a drive that is plugged in, and keeps its photos when it is pulled out',
    async () => {
      const { watch, overview } = server.services
      const drive = RemovableDrive.format(join(folder.path, 'drive.img'), at('drive'), 32)
      await wait(1000)
      drive.attach()
      try {
        await writePicture(join(folder.path, '15.jpg'), 15)
        await copyFile(join(folder.path, '15.jpg'), at('drive/15.jpg'))
        await expect.poll(paths, { timeout: 10_000 }).toContain('drive/15.jpg')
        const before = photoAt('drive/15.jpg')
        await drive.detach()
        await expect.poll(() => watch.away, { timeout: 10_000 }).toEqual([at('drive')])
        expect(paths()).toContain('drive/15.jpg')
        drive.attach()
        await writePicture(at('drive/16.jpg'), 16)
        await expect.poll(() => watch.away, { timeout: 10_000 }).toEqual([])
        await expect.poll(paths).toContain('drive/16.jpg')
        expect(overview.photosAt(at('drive/15.jpg'))).toEqual([before])
      } finally {
        await drive.detach()
      }
    },
  )

  test('takes over nothing while the setting says no', async () => {
    server.services.watch.enabled = false
    await expect.poll(watching).toBe('off')
    await writePicture(at('14.jpg'), 14)
    await wait(1500)
    expect(paths()).not.toContain('14.jpg')
    server.services.watch.enabled = true
    await expect.poll(paths).toContain('14.jpg')
  })
})
