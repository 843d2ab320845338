import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EngineProcess } from '../../electron/main/engine-process.ts'
import { photoHandler } from '../../electron/main/media-protocol.ts'
import { engineEnvironment, placesOf } from '../../electron/main/places.ts'
import { buildApp, engineEntries, nativePackages } from '../../native/build-app.ts'
import checkPackage from '../../native/check-package.ts'
import { renderSamples } from '../../samples/render-samples.ts'
import { sampleKinds } from '../../samples/samples.ts'
import type { DoctorResult, RuntimeRow } from '../../electron/shared/results.ts'
import { makeLibrary } from '../support/made-library.ts'
import { writeFakeElectron } from '../support/fake-electron.ts'

const root = join(import.meta.dirname, '..', '..')
const require = createRequire(import.meta.url)
/** Resolves as electron-builder's own library does: its schema check and its parser of YAML are what counts here. */
const builder = createRequire(
  require.resolve('app-builder-lib/package.json', {
    paths: [dirname(require.resolve('electron-builder/package.json'))],
  }),
)

interface Resource {
  readonly from: string
  readonly to: string
}
interface Configuration {
  readonly files: readonly string[]
  readonly extraResources: readonly Resource[]
  readonly icon: string
  readonly linux: { readonly extraResources: readonly Resource[] }
  readonly mac: Record<string, unknown>
  readonly win: Record<string, unknown>
}

const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8')
const { load } = builder('js-yaml') as { load: (text: string) => unknown }
const configuration = load(text) as Configuration

describe('package configuration', () => {
  interface Checker {
    validateConfiguration: (config: object, log: object) => Promise<void>
  }
  const { validateConfiguration } = builder('./out/util/config/config.js') as Checker
  const check = (config: object): Promise<void> =>
    validateConfiguration(structuredClone(config), { isEnabled: false, add: () => undefined })

  test('is valid for electron-builder', () => check(configuration))

  test('would be rejected by electron-builder if it were not valid', async () => {
    await expect(check({ ...configuration, nonsense: true })).rejects.toThrow('nonsense')
    await expect(
      check({ ...configuration, mac: { ...configuration.mac, hardenedRuntime: 7 } }),
    ).rejects.toThrow()
  })

  const expand = (pattern: string): string =>
    pattern.replaceAll('${platform}', process.platform).replaceAll('${arch}', process.arch)

  const negative = configuration.files.filter(pattern => pattern.startsWith('!'))
  test.each(negative)('excludes files with %s', pattern => {
    expect(globSync(expand(pattern.slice(1)), { cwd: root }).length).toBeGreaterThan(0)
  })

  test('names only files that exist', () => {
    const { extraResources, linux, icon, mac } = configuration
    const named = [...[...extraResources, ...linux.extraResources].map(({ from }) => from), icon]
    for (const file of [...named, mac.entitlements as string])
      expect(existsSync(join(root, file)), file).toBe(true)
  })
})

// The stand-in for Electron has the layout of Electron on Linux.
describe.skipIf(process.platform !== 'linux')('package contents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-package-'))
  const resources = join(folder, 'out', 'linux-unpacked', 'resources')
  const unpacked = join(resources, 'app.asar.unpacked')

  beforeAll(async () => {
    await buildApp()
    const page = join(root, 'dist', 'renderer', 'index.html')
    if (!existsSync(page)) {
      mkdirSync(dirname(page), { recursive: true })
      writeFileSync(page, '<!doctype html><title>Kindred</title>')
    }
    const samples = join(root, 'dist', 'samples')
    if (!existsSync(samples)) await renderSamples(samples, { perKind: 1, longEdge: 64 })
    writeFakeElectron(join(folder, 'electron'))
    const options = [
      `-c.electronDist=${join(folder, 'electron')}`,
      `-c.directories.output=${join(folder, 'out')}`,
    ]
    const cli = require.resolve('electron-builder/cli.js')
    const made = spawnSync(process.execPath, [cli, '--linux', 'dir', ...options], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(made.stdout + made.stderr).not.toContain('⨯')
    expect(made.status).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('archive: main, preload and the page', () => {
    const { listPackage } = builder('@electron/asar') as { listPackage: (file: string) => string[] }
    const files = listPackage(join(resources, 'app.asar')).filter(file => !file.startsWith('/node_modules'))
    expect(files).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/dist/main/main.js',
        '/dist/preload/preload.cjs',
        '/dist/renderer/index.html',
      ]),
    )
    for (const file of files)
      expect(file).toMatch(/^\/(package\.json|dist(\/(main|preload|renderer|engine|samples)(\/.*)?)?)$/)
  })

  test('main and preload need nothing but Electron and Node', () => {
    const main = readFileSync(join(root, 'dist', 'main', 'main.js'), 'utf8')
    const modules = [...main.matchAll(/^import .*?from "(.*)";$|\brequire\("(.*?)"\)/gm)].map(
      match => match[1] ?? match[2]!,
    )
    expect(modules).toContain('electron')
    expect(modules.filter(name => name !== 'electron' && !name.startsWith('node:'))).toEqual([])
    const preload = readFileSync(join(root, 'dist', 'preload', 'preload.cjs'), 'utf8')
    expect([...preload.matchAll(/\brequire\("(.*?)"\)/g)].map(match => match[1])).toEqual(['electron'])
    expect(preload).not.toMatch(/^(import|export) /m)
  })

  test('an app without its Node is refused', () => {
    const context = {
      appOutDir: dirname(resources),
      electronPlatformName: 'linux',
      packager: { appInfo: { productFilename: 'Kindred' } },
    }
    expect(() => checkPackage(context)).not.toThrow()
    expect(() => checkPackage({ ...context, electronPlatformName: 'win32' })).toThrow('node.exe')
  })

  test('beside the archive: the engine with its threads, the sample photos, and only native packages with their dependencies', () => {
    const engine = readdirSync(join(unpacked, 'dist', 'engine'))
    const entries = Object.keys(engineEntries())
    expect(entries).toEqual(expect.arrayContaining(['child', 'index.worker', 'train.worker']))
    expect(engine).toEqual(expect.arrayContaining(entries.map(name => `${name}.js`)))
    expect(readdirSync(join(unpacked, 'dist', 'samples'))).toEqual(expect.arrayContaining([...sampleKinds]))
    const packages = readdirSync(join(unpacked, 'node_modules'))
    expect(packages).toEqual(
      expect.arrayContaining(
        nativePackages.filter(name => !name.startsWith('@tensorflow')).map(name => name.replace(/\/.*/, '')),
      ),
    )
    expect(packages.filter(name => /commander|zod|electron|prebuild|core-js|^\./.test(name))).toEqual([])
    expect(readdirSync(join(unpacked, 'node_modules', '@tensorflow')).sort()).toEqual(
      ['tfjs-backend-cpu', 'tfjs-backend-wasm', 'tfjs-core', 'tfjs-layers'].sort(),
    )
  })

  test('binaries of this system only', () => {
    const natives = globSync('**/*.{node,dll,dylib,so,so.*}', { cwd: join(unpacked, 'node_modules') })
    expect(natives.length).toBeGreaterThan(3)
    for (const file of natives) {
      expect(file).not.toMatch(/darwin|win32|musl/)
      expect(file).not.toMatch(process.arch === 'x64' ? /arm64/ : /x64/)
    }
  })

  test('the model, the icon and a Node that runs', () => {
    for (const file of ['models/kindred-1.json', 'models/kindred-1.onnx', 'icons/icon-512.png'])
      expect(existsSync(join(resources, file)), file).toBe(true)
    const { stdout } = spawnSync(join(resources, 'node', 'node'), ['--version'], { encoding: 'utf8' })
    const { version } = require('node/package.json') as { version: string }
    expect(stdout.trim()).toBe(`v${version}`)
  })

  test('the fuses are set', async () => {
    const wire = await getCurrentFuseWire(join(dirname(resources), 'kindred'))
    const on = (fuse: FuseV1Options): boolean => wire[fuse] === FuseState.ENABLE
    expect(on(FuseV1Options.RunAsNode)).toBe(false)
    expect(on(FuseV1Options.EnableCookieEncryption)).toBe(true)
    expect(on(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false)
    expect(on(FuseV1Options.EnableNodeCliInspectArguments)).toBe(false)
    expect(on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe(true)
    expect(on(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true)
    expect(on(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false)
  })

  test('the packaged engine trains: TensorFlow.js and its WebAssembly are there', async () => {
    const made = await makeLibrary(6)
    try {
      const cli = join(unpacked, 'dist', 'engine', 'cli.js')
      const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
        spawnSync(
          join(resources, 'node', 'node'),
          [cli, ...args, '--library', made.libraryDir, '--json', '--quiet'],
          {
            encoding: 'utf8',
            cwd: folder,
            env: engineEnvironment(process.env, resources),
          },
        )
      expect(run('album', 'import', made.photos)).toMatchObject({ status: 0 })
      const trained = run('train')
      expect(trained.stderr).toBe('')
      expect(JSON.parse(trained.stdout)).toMatchObject({ albums: 16, backend: 'wasm' })
    } finally {
      await made.remove()
    }
  })

  test('the packaged engine compares runtimes: each starts as a process of its own, or reports why not', () => {
    const cli = join(unpacked, 'dist', 'engine', 'cli.js')
    const machine = { KINDRED_MACHINE: join(folder, 'machine'), KINDRED_CPU_ONLY: '' }
    const { stdout, stderr } = spawnSync(
      join(resources, 'node', 'node'),
      [cli, 'doctor', '--json', '--library', join(folder, 'doctor')],
      { encoding: 'utf8', cwd: folder, env: { ...engineEnvironment(process.env, resources), ...machine } },
    )
    expect(stderr).toBe('')
    const { runtimes } = JSON.parse(stdout) as DoctorResult
    const of = (name: string): RuntimeRow => runtimes.find(({ runtime }) => runtime === name)!
    expect(of('onnxruntime-cpu')).toMatchObject({ state: 'fits', chosen: true })
    expect(of('tfjs-wasm').lowestCosine).toBeGreaterThan(0.999)
    // It is not part of the package.
    expect(of('tfjs-node-gpu')).toMatchObject({ state: 'absent' })
    expect(of('tfjs-node-gpu').reason).toContain('gpu:install')
  })

  test('the packaged engine runs: it says hello, takes calls, adds samples, takes an image, and closes', async () => {
    const places = placesOf({
      packaged: true,
      appPath: join(resources, 'app.asar'),
      resourcesPath: resources,
      platform: process.platform,
      fromSources: false,
    })
    const env = { ...process.env, KINDRED_LIBRARY: join(folder, 'library'), NODE_OPTIONS: '--nonsense' }
    const messages: Record<string, unknown>[] = []
    const lines: string[] = []
    const engine = new EngineProcess({
      command: { ...places.engine, env: engineEnvironment(env, places.resources), cwd: folder },
      grace: 20_000,
      onMessage: message => messages.push(message as Record<string, unknown>),
      onLog: line => lines.push(line),
    })
    engine.start()
    try {
      expect(await engine.ready(), lines.join('\n')).toBe(true)
      expect(messages[0]).toMatchObject({ type: 'hello' })
      engine.send({ type: 'call', id: 1, method: 'about', input: {} })
      await expect.poll(() => messages.find(({ id }) => id === 1), { timeout: 30_000 }).toBeDefined()
      expect(messages.find(({ id }) => id === 1)).toMatchObject({
        type: 'ok',
        output: { libraryDir: join(folder, 'library'), model: { name: 'kindred-1' } },
      })

      engine.send({ type: 'call', id: 2, method: 'samples.add', input: { perKind: 1 } })
      await expect.poll(() => messages.find(({ id }) => id === 2), { timeout: 30_000 }).toBeDefined()
      expect(messages.find(({ id }) => id === 2)).toMatchObject({ type: 'ok' })
      const copied = join(folder, 'library', 'samples', sampleKinds.at(-1)!)
      await expect.poll(() => existsSync(copied) && readdirSync(copied)).toHaveLength(1)

      const photo = photoHandler({ access: () => engine.media, page: { origin: 'app://kindred' } })
      const image = readFileSync(join(root, 'resources', 'icons', 'icon-512.png'))
      const request = (url: string, method: string): Request =>
        ({
          url,
          method,
          headers: new Headers(),
          arrayBuffer: async () => new Uint8Array(image).buffer,
        }) as never
      const uploaded = await photo(request('photo://upload', 'POST'))
      expect(uploaded.status).toBe(200)
      const { token } = (await uploaded.json()) as { token: string }
      const thumbnail = await photo(request(`photo://upload/${token}`, 'GET'))
      expect(thumbnail.status).toBe(200)
      expect(thumbnail.headers.get('content-type')).toBe('image/jpeg')
      expect((await photo(request('photo://thumb/1', 'GET'))).status).toBe(404)
    } finally {
      await engine.close()
    }
    expect(lines.join('\n')).not.toContain('killed')
  })
})
