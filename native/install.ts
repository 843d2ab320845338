/**
 * @file `npm run native`, also run by `npm ci`: obtains the Faiss binding. Takes the first that works of
 *
 * 1. the present binding,
 * 2. an earlier build of this checkout,
 * 3. a build of faiss-node's published source and Kindred's additions against the system's Faiss, if that is installed,
 * 4. the prebuilt binary,
 * 5. the same build after installing the system's packages.
 *
 * It never fails the installation: without Faiss, Kindred uses its own exact search.
 */
import { spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUILD_NOTE, bindingFolder, type FaissBuild } from './faiss.ts'
import {
  compilerArguments,
  headers,
  photoIndexSources,
  planBuild,
  type MachineFacts,
  type Plan,
} from './faiss-plan.ts'

const require = createRequire(import.meta.url)
const here = dirname(fileURLToPath(import.meta.url))
const package_ = dirname(require.resolve('faiss-node/package.json'))
const target = join(bindingFolder(), 'faiss-node.node')
const compatHeader = join(here, 'faiss-compat.h')
const faissNode = join(package_, 'src')
const sources = [...photoIndexSources, 'binding.cc'].map(name => join(here, name))
const cacheFolder = join(here, 'build')

const compiler = process.env.CXX || 'c++'
const includeFolders = ['/usr/include', '/usr/local/include', '/opt/homebrew/include']
const libraryFolders = ['/usr/lib', '/usr/local/lib', '/opt/homebrew/lib', `/usr/lib/${machineTriplet()}`]

const PREBUILT_TIMEOUT_MS = 12_000
const APT_TIMEOUT_MS = 240_000

function main(): string {
  if (process.env.KINDRED_SKIP_FAISS === '1')
    return 'left alone (KINDRED_SKIP_FAISS); the built-in exact search serves'
  const present = readNote(join(dirname(target), BUILD_NOTE))
  const isCurrent = present.origin !== 'built here' || present.key === cacheKey()
  if (existsSync(target) && isCurrent && loads(target)) return 'is there already'
  const cached = join(cacheFolder, `${cacheKey()}.node`)
  if (existsSync(cached) && loads(cached)) {
    place(cached, readNote(`${cached}.json`))
    return 'taken from the earlier build of this checkout'
  }
  // A build has photoIndex, which the prebuilt binary lacks, so the latter is only the second choice.
  const plan = planBuild(machineFacts())
  if (plan.kind !== 'build' && fetchPrebuilt()) return 'fetched as a prebuilt binary'
  return build(plan)
}

function build(plan: Plan): string {
  if (plan.kind === 'install-then-build') {
    const failure = installPackages(plan.packages)
    plan = failure === undefined ? planBuild(machineFacts()) : { kind: 'give-up', reason: failure }
  }
  if (plan.kind === 'install-then-build')
    plan = { kind: 'give-up', reason: `${plan.packages.join(', ')} did not help` }
  if (plan.kind === 'advise') return fallback(`to have it, run: ${plan.command}`)
  if (plan.kind === 'give-up') return fallback(plan.reason)

  mkdirSync(cacheFolder, { recursive: true })
  const output = join(cacheFolder, `${randomUUID()}.tmp.node`)
  try {
    const napiHeaders = [
      (require('node-api-headers') as { include_dir: string }).include_dir,
      (require('node-addon-api') as { include_dir: string }).include_dir,
    ]
    const args = compilerArguments({
      sources,
      faissNode,
      compatHeader,
      napiHeaders,
      output,
      platform: process.platform,
    })
    const made = spawnSync(compiler, args, { encoding: 'utf8', timeout: 120_000 })
    if (made.status !== 0) return fallback(`its build failed: ${firstError(made.stderr)}`)
    if (!loads(output)) return fallback('the binary that was built does not work')
    const note: FaissBuild = { origin: 'built here', faiss: faissVersion(), key: cacheKey() }
    const finished = join(cacheFolder, `${cacheKey()}.node`)
    writeFileSync(`${finished}.json`, JSON.stringify(note))
    renameSync(output, finished)
    place(finished, note)
    return `built from faiss-node's source against the system's Faiss ${note.faiss}`
  } finally {
    rmSync(output, { force: true })
  }
}

const fallback = (why: string): string =>
  `not available, so the built-in exact search serves (slower in large libraries); ${why}`

/** Tries the binary in a process of its own, so that a crash does not end the installation. */
function loads(file: string): boolean {
  const script = `
    const { IndexFlatL2 } = require(${JSON.stringify(file)})
    const index = new IndexFlatL2(2)
    index.add([0, 0, 3, 4])
    const { labels, distances } = index.search([0, 1], 2)
    process.exit(labels.join() === '0,1' && distances.join() === '1,18' ? 0 : 1)`
  return spawnSync(process.execPath, ['-e', script], { timeout: 20_000 }).status === 0
}

/** Puts the binding where faiss-node looks for it, atomically: two installations may run at the same time. */
function place(file: string, note: FaissBuild): void {
  mkdirSync(dirname(target), { recursive: true })
  const temporary = `${target}.${randomUUID()}`
  copyFileSync(file, temporary)
  renameSync(temporary, target)
  writeFileSync(temporary, JSON.stringify(note))
  renameSync(temporary, join(dirname(target), BUILD_NOTE))
}

function fetchPrebuilt(): boolean {
  const tool = join(dirname(require.resolve('prebuild-install/package.json')), 'bin.js')
  const options = { cwd: package_, timeout: PREBUILT_TIMEOUT_MS, stdio: 'ignore' } as const
  if (spawnSync(process.execPath, [tool, '--runtime', 'napi'], options).status !== 0) return false
  if (!existsSync(target) || !loads(target)) {
    rmSync(target, { force: true })
    return false
  }
  writeFileSync(
    join(dirname(target), BUILD_NOTE),
    JSON.stringify({ origin: 'prebuilt', faiss: '1.7.4' } satisfies FaissBuild),
  )
  return true
}

function installPackages(packages: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=60', ...args], {
      env,
      timeout: APT_TIMEOUT_MS,
      stdio: 'ignore',
    }).status === 0
  const install = (): boolean => apt('install', '-y', '--no-install-recommends', ...packages)
  if (install()) return undefined
  // A fresh system has no package lists yet.
  if (apt('update') && install()) return undefined
  return `apt-get could not install ${packages.join(', ')}`
}

function machineFacts(): MachineFacts {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasApt: existsSync('/usr/bin/apt-get'),
    hasCompiler: spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0,
    hasFaissHeaders: includeFolders.some(folder => existsSync(join(folder, 'faiss', 'IndexFlat.h'))),
    hasOpenBlas:
      process.platform === 'darwin' ||
      libraryFolders.some(folder => existsSync(join(folder, 'libopenblas.so'))),
  }
}

function machineTriplet(): string {
  const names: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }
  return `${names[process.arch] ?? process.arch}-linux-gnu`
}

function faissVersion(): string {
  const header = includeFolders.map(folder => join(folder, 'faiss', 'Index.h')).find(existsSync)
  const numbers = header ? readFileSync(header, 'utf8').matchAll(/#define FAISS_VERSION_\w+ (\d+)/g) : []
  return Array.from(numbers, match => match[1]).join('.') || 'none'
}

/** Changes with everything that goes into the binary. */
function cacheKey(): string {
  const hash = createHash('sha256')
  const included = headers.map(name => join(here, name))
  for (const file of [...sources, ...included, join(faissNode, 'faiss.cc'), join(here, 'faiss-plan.ts')])
    hash.update(readFileSync(file))
  return hash
    .update(`${process.platform} ${process.arch} ${faissVersion()} ${compiler}`)
    .digest('hex')
    .slice(0, 16)
}

function readNote(file: string): FaissBuild {
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as FaissBuild)
    : { origin: 'unknown', faiss: 'unknown' }
}

const firstError = (output: string): string =>
  output.split('\n').find(line => line.includes('error')) ?? 'unknown error'

const started = performance.now()
try {
  const outcome = main()
  console.log(`kindred: Faiss ${outcome} (${((performance.now() - started) / 1000).toFixed(1)} s).`)
} catch (error) {
  console.log(`kindred: Faiss ${fallback(error instanceof Error ? error.message : String(error))}.`)
}
