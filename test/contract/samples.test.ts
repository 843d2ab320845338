import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { sampleKinds } from '../../samples/samples.ts'
import { RpcClient } from '../../electron/shared/rpc-client.ts'
import { renderSmallSamples, type RenderedSamples } from '../support/rendered-samples.ts'
import { transports } from '../support/transports.ts'

describe.each(transports)('samples.add over %o', open => {
  let folder: string
  let samples: RenderedSamples

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindred-add-samples-'))
    samples = await renderSmallSamples(2)
  })
  afterAll(async () => {
    await samples.remove()
    await rm(folder, { recursive: true, force: true })
  })

  const connect = async (libraryDir: string, samplesDir: string): Promise<RpcClient> => {
    const transport = await open(libraryDir, samplesDir)
    const client = new RpcClient({ connect: () => transport.connect() })
    onTestFinished(async () => {
      client.close()
      await transport.close()
    })
    return client
  }

  test('copies the rendered photos into the library and imports them', async () => {
    const libraryDir = join(folder, 'library')
    const client = await connect(libraryDir, samples.samplesDir)
    await client.call('samples.add', { perKind: 1 })
    const photos = async (): Promise<number> => (await client.call('library.status', {})).photos
    await expect.poll(photos).toBe(sampleKinds.length)
    const { jobs } = await client.call('jobs.list', {})
    expect(jobs).toContainEqual(expect.objectContaining({ kind: 'samples', state: 'done' }))
    expect((await readdir(join(libraryDir, 'samples'))).sort()).toEqual([...sampleKinds].sort())
    expect((await client.call('folders.list', {})).folders).toMatchObject([{ photos: sampleKinds.length }])
  })

  test('fails at once if none are rendered', async () => {
    const client = await connect(join(folder, 'empty'), join(folder, 'nowhere'))
    await expect(client.call('samples.add', {})).rejects.toMatchObject({
      code: 'samples-missing',
    })
  })
})
