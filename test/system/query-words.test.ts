import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Cli, temporaryFolder } from '../support/cli.ts'
import { writePicture } from '../support/small-photos.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let cli: Cli
beforeAll(async () => {
  folder = await temporaryFolder('words')
  await mkdir(join(folder.path, 'photos'))
  await writePicture(join(folder.path, 'a.png'), 'a', 'png', { width: 32, height: 32 })
  cli = new Cli(join(folder.path, 'library'))
})
afterAll(() => folder.remove())

test.each([
  ['a.png --since 2024-02-30', 2, 'There is no such day in the calendar.'],
  ['a.png --since 2024-03-02 --until 2024-03-01', 2, '--since is a later day than --until'],
  ['none.png', 1, 'There is no file at'],
  ['photos', 1, 'is a folder. Name one of the images in it.'],
])('similar %s says what is wrong', async (line, status, words) => {
  const [image, ...options] = line.split(' ')
  const run = await cli.run(['similar', join(folder.path, image!), ...options])
  expect(run.stderr).toContain(words)
  expect(run.status).toBe(status)
})
