import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Events } from '../../electron/shared/contract.ts'
import { errorCodes, KindredError } from '../../electron/shared/errors.ts'
import { Random } from '../../electron/shared/random.ts'
import { RpcClient } from '../../electron/shared/rpc-client.ts'
import type { ServerMessage } from '../../electron/shared/rpc.ts'
import { sampleKinds } from '../../samples/samples.ts'
import { makeLibrary, type MadeLibrary } from '../support/made-library.ts'
import { hostileMessage } from '../support/hostile.ts'
import { transports, type Transport } from '../support/transports.ts'

/** One suite, unchanged over every transport. */

const KINDS = sampleKinds.length
let made: MadeLibrary

beforeAll(async () => {
  made = await makeLibrary(4)
})
afterAll(() => made.remove())

/** The last snapshot of a job. */
async function ended(client: RpcClient, job: number): Promise<Events['jobs']['jobs'][number]> {
  let seen: Events['jobs']['jobs'] = []
  const stop = client.on('jobs', ({ jobs }) => (seen = jobs))
  const last = () => seen.find(({ id }) => id === job)
  await expect.poll(() => last()?.state, { timeout: 10_000 }).toMatch(/done|failed|cancelled/)
  stop()
  return last()!
}

describe.each(transports)('contract over %o', open => {
  let transport: Transport
  let client: RpcClient

  beforeAll(async () => {
    const libraryDir = join(made.folder, `library-${open.name}`)
    await cp(made.libraryDir, libraryDir, { recursive: true })
    transport = await open(libraryDir)
    client = new RpcClient({ connect: () => transport.connect() })
  })
  afterAll(async () => {
    client.close()
    await transport.close()
  })

  const code = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'no error',
      (error: unknown) => (error instanceof KindredError ? error.code : 'no KindredError'),
    )

  test('returns the library and its photos, newest first', async () => {
    const status = await client.call('library.status', {})
    const list = await client.call('photos.list', {})
    expect(status.photos).toBe(KINDS * 4)
    expect(list.ids).toHaveLength(KINDS * 4)
    expect([...list.dates].sort((a, b) => b - a)).toEqual(list.dates)
    expect(list.aspects.every(aspect => aspect > 0.5 && aspect < 2)).toBe(true)
  })

  test('finds similar photos, never the query itself', async () => {
    const { ids } = await client.call('photos.list', {})
    const found = await client.call('similar.search', { examples: [{ photo: ids[0]! }] })
    expect(found.ids).toHaveLength(KINDS * 4 - 1)
    expect(found.ids).not.toContain(ids[0])
    expect([...found.scores].sort((a, b) => b - a)).toEqual(found.scores)
  })

  test('says how likely results are and where they end', async () => {
    const { ids } = await client.call('photos.list', {})
    const found = await client.call('similar.search', { examples: [{ photo: ids[0]! }] })
    expect(found.probabilities).toHaveLength(found.ids.length)
    expect([...found.probabilities].sort((a, b) => b - a)).toEqual(found.probabilities)
    expect(found.end.count).toBeGreaterThan(0)
    expect(found.end.count).toBeLessThanOrEqual(found.ids.length)
    expect(found.calibration).toEqual({ basis: 'neighbours', pairs: 0 })
  })

  test('searches by parts of photos and by weight, within what facets name', async () => {
    const { ids } = await client.call('photos.list', {})
    const facets = await client.call('photos.facets', {})
    expect(facets.noAlbum).toBe(ids.length)
    expect(facets.cameras).toEqual([{ value: 'Kindred Samples', photos: ids.length }])
    const folder = facets.folders.at(-1)!
    const examples = [
      { photo: ids[0]!, weight: 4, crop: { x: 0, y: 0, width: 0.5, height: 0.5 } },
      { photo: ids[1]!, weight: 0.25 },
    ]
    const filter = { folders: [folder.path], noAlbum: true, cameras: ['Kindred Samples'] }
    const found = await client.call('similar.search', { examples, filter })
    expect(found.ids.length).toBeGreaterThanOrEqual(folder.photos - 2)
    expect(found.ids.length).toBeLessThanOrEqual(folder.photos)
    const none = await client.call('similar.search', { examples, filter: { cameras: ['None'] } })
    expect(none).toMatchObject({ ids: [], probabilities: [], end: { count: 0, reason: 'all' } })
    const below = await client.call('photos.matching', { filter: { folders: [folder.path] } })
    expect(below.ids).toHaveLength(folder.photos)
    expect(ids).toEqual(expect.arrayContaining([...below.ids]))
    const all = await client.call('similar.search', { examples: ids.map(photo => ({ photo })) })
    expect(all.ids).toEqual([])
  })

  test('tells which photos came together, and from where', async () => {
    const { ids } = await client.call('photos.list', {})
    const { imports } = await client.call('photos.imports', {})
    expect(imports).toHaveLength(1)
    expect(imports[0]!.folders).toEqual([made.photos])
    expect([...imports[0]!.ids].sort((a, b) => a - b)).toEqual([...ids].sort((a, b) => a - b))
  })

  test('returns the details of a photo', async () => {
    const { ids } = await client.call('photos.list', {})
    const details = await client.call('photos.get', { id: ids[0]! })
    expect(details.paths[0]).toContain(made.photos)
    expect(details.camera).toBe('Kindred Samples')
    expect(JSON.stringify(details)).toBe(JSON.stringify(JSON.parse(JSON.stringify(details))))
  })

  test('refuses invalid calls, with a known error code', async () => {
    expect(await code(client.call('photos.get', { id: 99_999 }))).toBe('photo-not-found')
    expect(await code(client.call('photos.get', { id: -1 }))).toBe('bad-argument')
    const [still] = (await client.call('photos.list', {})).ids
    expect(await code(client.call('photos.film', { id: still! }))).toBe('photo-not-found')
    expect(await code(client.call('photos.get', { id: 1, more: 1 } as never))).toBe('bad-argument')
    expect(await code(client.call('no.such.method' as never, {} as never))).toBe('bad-argument')
    expect(await code(client.call('toString' as never, {} as never))).toBe('bad-argument')
    expect(await code(client.call('folders.add', { paths: ['/no/such/folder'] }))).toBe('folder-not-found')
    await expect(client.call('folders.add', { paths: ['/no/such/folder'] })).rejects.toMatchObject({
      message: 'The folder /no/such/folder does not exist.',
      details: { reason: 'folder-not-found.named', path: '/no/such/folder' },
    })
    expect(await code(client.call('similar.search', { examples: [{ upload: 'gone' }] }))).toBe('upload-gone')
    expect(await code(client.call('jobs.cancel', { id: 12_345 }))).toBe('job-not-found')
  })

  test('creates albums, fills them, and undoes changes', async () => {
    const seen: Events['albums'][] = []
    const stop = client.on('albums', snapshot => seen.push(snapshot))
    const { ids } = await client.call('photos.list', {})
    const { id } = await client.call('albums.create', { name: ' Favourites ', photos: [ids[0]!] })
    expect(await client.call('albums.add', { id, photos: [ids[0]!, ids[1]!] })).toMatchObject({ added: 1 })
    expect(await client.call('albums.photos', { id })).toEqual({ ids: [ids[0], ids[1]] })
    expect(await client.call('albums.ofPhotos', { photos: [ids[1]!, ids[2]!] })).toEqual({
      albums: [[id], []],
    })
    await client.call('albums.refuse', { id, photos: [ids[2]!] })
    expect((await client.call('albums.suggest', { id })).ids).not.toContain(ids[2])
    await client.call('albums.rename', { id, name: 'Best' })
    await expect
      .poll(() => seen.at(-1)?.albums.map(({ name, photos }) => [name, photos]))
      .toEqual([['Best', 2]])
    expect(await client.call('albums.undo', {})).toEqual({
      undone: { kind: 'rename', album: 'Favourites', to: 'Best' },
    })
    const { id: second } = await client.call('albums.create', { name: 'Others' })
    await client.call('albums.reorder', { ids: [second, id] })
    const { albums } = await client.call('albums.list', {})
    expect(albums.map(({ name }) => name)).toEqual(['Others', 'Favourites'])
    for (const album of albums) await client.call('albums.delete', { id: album.id })
    stop()
  })

  test('undoes the change that is named, unless a later one came after it', async () => {
    const { ids } = await client.call('photos.list', {})
    const { id, change: made } = await client.call('albums.create', { name: 'Named' })
    const { change: later } = await client.call('albums.add', { id, photos: [ids[0]!] })
    expect(await client.call('albums.add', { id, photos: [ids[0]!] })).toEqual({ added: 0, change: null })
    expect(await code(client.call('albums.undo', { change: made! }))).toBe('change-not-latest')
    expect((await client.call('albums.undo', { change: later! })).undone).toEqual({
      ...{ kind: 'add', photos: 1, album: 'Named' },
    })
    expect(await code(client.call('albums.undo', { change: later! }))).toBe('change-gone')
    expect((await client.call('albums.undo', { change: made! })).undone).toEqual({
      ...{ kind: 'create', album: 'Named' },
    })
    expect(await code(client.call('albums.redo', { change: later! }))).toBe('change-not-latest')
    await client.call('albums.redo', { change: made! })
    await client.call('albums.delete', { id })
  })

  test('leaves out photos labelled as unlike', async () => {
    const { ids } = await client.call('photos.list', {})
    const search = { examples: [{ photo: ids[0]! }] }
    const before = await client.call('similar.search', search)
    await client.call('albums.notLike', { anchors: [ids[0]!], photo: before.ids[0]! })
    expect((await client.call('similar.search', search)).ids).toEqual(before.ids.slice(1))
    await client.call('albums.undo', {})
    expect((await client.call('similar.search', search)).ids).toEqual(before.ids)
  })

  test('lists its model versions, and switches between them', async () => {
    const { versions } = await client.call('models.list', {})
    expect(versions.map(({ name, active }) => [name, active])).toEqual([
      ['kindred-1-raw', false],
      ['kindred-1', true],
    ])
    const file = await client.call('models.export', { id: versions.find(({ active }) => active)!.id })
    const { id } = await client.call('models.import', { name: 'taken along', base64: file.base64 })
    const { job } = await client.call('models.use', { id })
    expect(await ended(client, job)).toMatchObject({ state: 'done' })
    const now = await client.call('models.list', {})
    expect(now.versions.find(({ active }) => active)!.id).toBe(id)
  })

  test('refuses impossible changes to albums and models', async () => {
    expect(await code(client.call('albums.rename', { id: 999, name: 'x' }))).toBe('album-not-found')
    expect(await code(client.call('albums.create', { name: '' }))).toBe('bad-argument')
    expect(await code(client.call('models.use', { id: 999 }))).toBe('head-not-found')
    expect(await code(client.call('models.import', { name: 'x', base64: 'AAAA' }))).toBe('head-invalid')
    const { job } = await client.call('models.train', {})
    expect(await ended(client, job)).toMatchObject({ state: 'failed', error: { code: 'no-albums' } })
  })

  test('cancels a call', async () => {
    const controller = new AbortController()
    const call = client.call('doctor', {}, controller.signal)
    await client.call('library.status', {})
    controller.abort()
    expect(await code(call)).toBe('cancelled')
  })

  test('sends snapshots: the current one at once, and each job to its end', async () => {
    const { job } = await client.call('folders.rescan', {})
    const { state, result } = await ended(client, job)
    expect(state).toBe('done')
    expect(result).toMatchObject({ photos: KINDS * 4, added: 0, removed: 0, failed: 0 })
  })

  test('rejects pending calls when the channel closes, and reconnects at the next call', async () => {
    const channel = await transport.connect()
    let closeIt = (): void => undefined
    let first = true
    const other = new RpcClient({
      connect: () => {
        if (!first) return transport.connect()
        first = false
        // Its messages are lost, so that no response can come before it closes.
        return Promise.resolve({
          ...channel,
          send: () => undefined,
          onClose: listener => (closeIt = listener),
        })
      },
    })
    const pending = code(other.call('doctor', {}))
    await new Promise(resolve => setTimeout(resolve, 1))
    closeIt()
    expect(await pending).toBe('engine-gone')
    expect((await other.call('library.status', {})).photos).toBe(KINDS * 4)
  })

  test('responds to 10,000 random and mutated messages with well-formed errors, and keeps running', async () => {
    const random = new Random(`hostile ${open.name}`)
    const channel = await transport.connect()
    const odd: ServerMessage[] = []
    channel.onMessage(message => {
      if (message.type === 'err') {
        const { code, message: words } = message.error
        if (!errorCodes.includes(code) || code === 'internal' || !words) odd.push(message)
      } else if (!['ok', 'event', 'hello'].includes(message.type)) odd.push(message)
    })
    for (let i = 0; i < 10_000; i++) {
      transport.sendRaw(channel, hostileMessage(random, transport.name))
      if (i % 500 === 0) await client.call('library.status', {})
    }
    expect((await client.call('library.status', {})).photos).toBe(KINDS * 4)
    expect(odd).toEqual([])
  })
})
