import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import checkPackage from '../../../native/check-package.ts'
import { compilerArguments, planBuild, type MachineFacts, type Plan } from '../../../native/faiss-plan.ts'
import { loadFaiss } from '../../../native/faiss.ts'
import { Scratch } from '../engine/scratch.ts'

const scratch = new Scratch()
const booleans = [false, true]

/** Every possible machine. */
const machines = (['linux', 'darwin', 'win32', 'freebsd'] as const).flatMap(platform =>
  booleans.flatMap(isRoot =>
    booleans.flatMap(hasApt =>
      booleans.flatMap(hasCompiler =>
        booleans.flatMap(hasFaissHeaders =>
          booleans.map((hasOpenBlas): MachineFacts => ({
            platform,
            isRoot,
            hasApt,
            hasCompiler,
            hasFaissHeaders,
            hasOpenBlas,
          })),
        ),
      ),
    ),
  ),
)

const linux: MachineFacts = {
  platform: 'linux',
  isRoot: true,
  hasApt: true,
  hasCompiler: false,
  hasFaissHeaders: false,
  hasOpenBlas: false,
}

function expectedKind(facts: MachineFacts): Plan['kind'] {
  if (facts.platform === 'win32') return 'give-up'
  if (facts.hasCompiler && facts.hasFaissHeaders && facts.hasOpenBlas) return 'build'
  if (facts.platform === 'darwin') return 'advise'
  if (!facts.hasApt) return 'give-up'
  return facts.isRoot ? 'install-then-build' : 'advise'
}

describe('Faiss plan for every machine', () => {
  test('is right', () => {
    expect(machines).toHaveLength(128)
    for (const facts of machines) {
      const plan = planBuild(facts)
      expect(plan.kind, JSON.stringify(facts)).toBe(expectedKind(facts))
      // Installs exactly what is missing.
      const words =
        plan.kind === 'install-then-build'
          ? plan.packages.join(' ')
          : 'command' in plan
            ? plan.command
            : undefined
      if (words === undefined || facts.platform === 'darwin') continue
      expect(words.includes('g++')).toBe(!facts.hasCompiler)
      expect(words.includes('libfaiss-dev')).toBe(!facts.hasFaissHeaders)
      expect(words.includes('libopenblas-dev')).toBe(!facts.hasOpenBlas)
    }
  })

  test('never runs anything as root for an ordinary user', () => {
    for (const facts of machines.filter(({ isRoot }) => !isRoot))
      expect(planBuild(facts).kind).not.toBe('install-then-build')
  })

  test('names everything that is missing', () => {
    expect(planBuild(linux)).toEqual({
      kind: 'install-then-build',
      packages: ['g++', 'libfaiss-dev', 'libopenblas-dev'],
    })
    expect(planBuild({ ...linux, isRoot: false })).toEqual({
      kind: 'advise',
      command: 'sudo apt-get install -y g++ libfaiss-dev libopenblas-dev && npm run native',
    })
  })
})

describe('Faiss compiler arguments', () => {
  const paths = {
    sources: ['/n/kernels.cc', '/n/binding.cc'],
    faissNode: '/p',
    compatHeader: '/n/compat.h',
    napiHeaders: ['/a b', '/c'],
    output: '/o/x.node',
  }

  test('have sources, headers and output in their places, on Linux', () => {
    const args = compilerArguments({ ...paths, platform: 'linux' })
    expect(args[args.indexOf('-o') + 1]).toBe('/o/x.node')
    expect(args[args.indexOf('-include') + 1]).toBe('/n/compat.h')
    // A path with a space is one argument: no shell splits it.
    expect(args).toEqual(
      expect.arrayContaining([
        '-I/a b',
        '-I/c',
        '-I/p',
        '-shared',
        '-fPIC',
        '-fopenmp',
        '-lopenblas',
        '-Wl,--allow-multiple-definition',
      ]),
    )
    expect(args.indexOf('/n/kernels.cc')).toBeLessThan(args.indexOf('/n/binding.cc'))
    expect(args.indexOf('/n/binding.cc')).toBeLessThan(args.indexOf('-lfaiss'))
    expect(args.indexOf('-lfaiss')).toBeLessThan(args.indexOf('-lopenblas'))
  })

  test('use a Mac’s libraries', () => {
    const args = compilerArguments({ ...paths, platform: 'darwin' })
    expect(args).toEqual(
      expect.arrayContaining(['-lomp', 'Accelerate', 'dynamic_lookup', '-L/opt/homebrew/lib']),
    )
    for (const gnu of ['-fopenmp', '-lopenblas', '-Wl,--allow-multiple-definition'])
      expect(args).not.toContain(gnu)
  })
})

describe('loading Faiss', () => {
  test('is switched off by one value only', () => {
    expect(loadFaiss({ KINDRED_NO_FAISS: '1' })).toEqual({
      ok: false,
      reason: 'switched off by KINDRED_NO_FAISS',
    })
    const other = loadFaiss({ KINDRED_NO_FAISS: '0' })
    expect(other.ok ? '' : other.reason).not.toContain('switched off')
  })

  test('leaves a library searchable without Faiss, by the built-in index', () => {
    const host = new URL('../../../electron/engine/retrieval/index/index-host.ts', import.meta.url).href
    const program = join(scratch.folder(), 'program.mjs')
    writeFileSync(
      program,
      `import { indexHost } from ${JSON.stringify(host)}
       const host = indexHost()
       const handle = await host.call('create', 2)
       await host.call('add', handle, [5, 9], Float32Array.of(0, 0, 3, 4))
       const found = await host.call('search', handle, Float32Array.of(3, 4), 2)
       console.log(JSON.stringify([await host.call('describe'), [...found.ids], [...found.distances]]))
       await host.close()`,
    )
    const env = { ...process.env, KINDRED_NO_FAISS: '1' }
    const { stdout } = spawnSync(process.execPath, [program], { env, encoding: 'utf8' })
    expect(JSON.parse(stdout)).toEqual([
      { kind: 'plain-flat-l2', reason: 'switched off by KINDRED_NO_FAISS' },
      [9, 5],
      [0, 5],
    ])
  })
})

describe.runIf(process.platform !== 'win32')('package check', () => {
  const parts = [
    'app.asar.unpacked/dist/engine/child.js',
    'app.asar.unpacked/dist/samples/sources.sha256',
    'models/kindred-1.onnx',
    'icons/icon-512.png',
    'node/node',
  ]

  function layOut(platform: string, without?: string) {
    const appOutDir = scratch.folder()
    const resources = platform === 'darwin' ? 'Kindred.app/Contents/Resources' : 'resources'
    for (const part of parts.filter(name => name !== without)) {
      const file = join(appOutDir, resources, part)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, 'x')
      chmodSync(file, 0o755)
    }
    return {
      node: join(appOutDir, resources, 'node/node'),
      check: () =>
        checkPackage({
          appOutDir,
          electronPlatformName: platform,
          packager: { appInfo: { productFilename: 'Kindred' } },
        }),
    }
  }

  test.each(['linux', 'darwin'])('accepts a complete app, refuses one without any part (%s)', platform => {
    expect(layOut(platform).check).not.toThrow()
    for (const part of parts) expect(layOut(platform, part).check, part).toThrow(/ENOENT/)
  })

  test('refuses an app whose Node cannot be run', () => {
    const { node, check } = layOut('linux')
    chmodSync(node, 0o644)
    expect(check).toThrow(/EACCES/)
  })
})
