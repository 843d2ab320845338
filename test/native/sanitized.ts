/** @file Builds photoIndex under AddressSanitizer and UBSan, and runs programs with it. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compilerArguments, headers, photoIndexSources } from '../../native/faiss-plan.ts'
import type { PhotoIndexModule } from '../../native/faiss.ts'

const require = createRequire(import.meta.url)
const compiler = process.env.CXX || 'c++'
const native = fileURLToPath(new URL('../../native', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
/** Ignored by git; a build is used again until a source changes. */
const cache = join(native, 'build')

export interface SanitizedModule {
  readonly photoIndex: PhotoIndexModule
  /**
   * Lets the n-th allocation of native code from now on fail; −1: none.
   * @returns what was left of the last n: negative where an allocation has failed
   */
  failAllocation(n: number): number
}

/** Loaded by a program that {@link runSanitized} runs. */
export const loadSanitized = (): SanitizedModule => require(process.env.KINDRED_SANITIZED!) as SanitizedModule

/** Why it cannot be built on this machine; undefined where it can. */
export function whyUnavailable(): string | undefined {
  if (process.platform !== 'linux') return 'the sanitizers are set up for Linux only'
  if (spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status !== 0) return 'there is no C++ compiler'
  if (!existsSync('/usr/include/faiss/IndexFlat.h') && !existsSync('/usr/local/include/faiss/IndexFlat.h'))
    return 'the headers of Faiss are not installed'
  if (runtimes().some(file => !existsSync(file))) return 'the compiler has no sanitizers'
  return undefined
}

/** The sanitizers' own libraries, which have to be loaded before Node. */
const runtimes = (): string[] =>
  ['libasan.so', 'libubsan.so'].map(name =>
    spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim(),
  )

/**
 * Builds what is not built yet: less than half a minute.
 * @throws with what the compiler says
 */
export function buildSanitized(): { readonly module: string; readonly failingNew: string } {
  const sources = [...photoIndexSources.map(name => join(native, name)), join(here, 'module.cc')]
  const compatHeader = join(native, 'faiss-compat.h')
  const headerFolders = ['node-api-headers', 'node-addon-api'].map(
    name => (require(name) as { include_dir: string }).include_dir,
  )
  const module = built('sanitized', [...sources, ...headers.map(name => join(native, name))], output =>
    compilerArguments({
      sources,
      faissNode: native,
      compatHeader,
      napiHeaders: headerFolders,
      output,
      platform: process.platform,
      options: ['-O1', '-g1', '-fno-omit-frame-pointer', '-fsanitize=address,undefined'],
    }),
  )
  const source = join(here, 'failing-new.cc')
  const failingNew = built('failing-new', [source], output => [
    ...['-std=c++17', '-O1', '-fPIC', '-shared', '-o', output, source, '-ldl'],
  ])
  return { module, failingNew }
}

/** @returns the file, named by a digest of what it is made of */
function built(name: string, from: readonly string[], args: (output: string) => string[]): string {
  const hash = createHash('sha256').update(args('').join(' '))
  for (const file of from) hash.update(readFileSync(file))
  const output = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}.node`)
  if (existsSync(output)) return output
  mkdirSync(cache, { recursive: true })
  const temporary = `${output}.${process.pid}.tmp`
  const made = spawnSync(compiler, args(temporary), { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`The build under sanitizers failed: ${made.stderr}`)
  renameSync(temporary, output)
  return output
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of this folder in Node, under the sanitizers: whatever they find ends it with a report. */
export function runSanitized(program: string, args: readonly string[] = []): Promise<Ran> {
  const { module, failingNew } = buildSanitized()
  const env = {
    ...process.env,
    LD_PRELOAD: [failingNew, ...runtimes()].join(':'),
    // Node frees little at its end, and the one that lets allocations fail has to come first.
    ASAN_OPTIONS: 'detect_leaks=0:verify_asan_link_order=0',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
    OMP_NUM_THREADS: '1',
    KINDRED_SANITIZED: module,
  }
  const child = spawn(process.execPath, [join(here, program), ...args], { env })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', status => resolve({ status, ...output }))
  })
}
