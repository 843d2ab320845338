import { existsSync } from 'node:fs'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openLog } from '../../../electron/main/log-file.ts'
import { engineEnvironment, placesOf } from '../../../electron/main/places.ts'

const checkout = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const surroundings = {
  packaged: false,
  appPath: checkout,
  resourcesPath: '/opt/Kindred/resources',
  platform: 'linux' as const,
  fromSources: true,
}

test('places: in a checkout the engine runs from its sources, with the checkout’s Node', () => {
  const { engine, resources, icon } = placesOf(surroundings)
  expect(engine.args).toEqual([join(checkout, 'electron', 'hosts', 'child.ts')])
  for (const file of [...engine.args, join(resources, 'models', 'kindred-1.json'), icon])
    expect(existsSync(file), file).toBe(true)
  expect(engine.node).toBe(join(checkout, 'node_modules', 'node', 'bin', 'node'))
  expect(placesOf({ ...surroundings, fromSources: false }).engine.args[0]).toBe(
    join(checkout, 'dist', 'engine', 'child.js'),
  )
})

test('places: an installed app runs the engine beside app.asar, with its own Node', () => {
  const installed = { ...surroundings, packaged: true, appPath: '/opt/Kindred/resources/app.asar' }
  expect(placesOf(installed)).toEqual({
    renderer: '/opt/Kindred/resources/app.asar/dist/renderer',
    preload: '/opt/Kindred/resources/app.asar/dist/preload/preload.cjs',
    icon: '/opt/Kindred/resources/icons/icon-512.png',
    engine: {
      node: '/opt/Kindred/resources/node/node',
      args: ['/opt/Kindred/resources/app.asar.unpacked/dist/engine/child.js'],
    },
    resources: '/opt/Kindred/resources',
  })
  expect(placesOf({ ...installed, platform: 'win32' }).engine.node).toMatch(/node\.exe$/)
})

test('places: the engine’s environment lacks variables that change how Node starts', () => {
  const env = { HOME: '/home/a', NODE_OPTIONS: '--inspect', ELECTRON_RUN_AS_NODE: '1', KINDRED_LIBRARY: '/l' }
  expect(engineEnvironment(env, '/r')).toEqual({
    HOME: '/home/a',
    KINDRED_LIBRARY: '/l',
    KINDRED_RESOURCES: '/r',
  })
})

test('log file: grows to a limit and never throws', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-log-'))
  try {
    const file = join(folder, 'logs', 'engine.log')
    openLog(file, () => new Date(0))('hello')
    expect(readFileSync(file, 'utf8')).toBe('1970-01-01T00:00:00.000Z hello\n')
    writeFileSync(file, 'x'.repeat(3_000_000))
    openLog(file)('again')
    expect(readFileSync(`${file}.old`).length).toBe(3_000_000)
    expect(readFileSync(file, 'utf8')).toContain('again')
    expect(() => openLog('/dev/null/no/log')('lost')).not.toThrow()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
