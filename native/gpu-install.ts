/**
 * @file `npm run gpu:install`: downloads the native parts for running the network on an NVIDIA GPU. `npm ci` does not,
 * since they take several hundred megabytes and come from other hosts than the registry. Kindred's next start measures
 * whether they help.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bindingFolderOf, librariesIn, planGpu, type GpuFacts, type GpuStep } from './gpu-plan.ts'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const INSTALL_TIMEOUT_MS = 30 * 60_000

function main(): void {
  const plan = planGpu(machineFacts())
  if (plan.kind === 'give-up') {
    print(`Nothing was installed: ${plan.reason}.`)
    return
  }
  if (plan.kind === 'install')
    for (const step of plan.steps) {
      print(`Fetching the parts of ${step.package}…`)
      const failure = carryOut(step)
      if (failure !== undefined) {
        process.exitCode = 1
        print(`${step.package}: ${failure} Kindred works as before without it.`)
      } else print(`${step.package} is ready.`)
    }
  else print('Everything is there already.')
  if (plan.lacking.length > 0)
    print(
      `The system's loader does not know ${plan.lacking.join(', ')}: install CUDA and cuDNN of these versions.`,
    )
  print(
    'Kindred compares the runtimes again at its next start; npm run kindred -- doctor --measure does so now.',
  )
}

function machineFacts(): GpuFacts {
  const ldconfig = run('ldconfig', ['-p'])
  return {
    platform: process.platform,
    arch: process.arch,
    nvidia: run('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']),
    packages: {
      tensorflow: folderOf('@tensorflow/tfjs-node-gpu') !== undefined,
      onnxruntime: folderOf('onnxruntime-node') !== undefined,
    },
    ready: { tensorflow: tensorflowLoads(), onnxruntime: existsSync(cudaProvider()) },
    libraries: ldconfig === undefined ? undefined : librariesIn(ldconfig),
  }
}

/** @returns what went wrong, as a sentence; undefined if nothing did */
function carryOut({ part, package: name, script, args, environment }: GpuStep): string | undefined {
  const folder = folderOf(name)!
  // The installer finds node-pre-gyp on the PATH.
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter)
  const { status } = spawnSync(process.execPath, [join(folder, script), ...args], {
    cwd: folder,
    env: { ...process.env, ...environment, PATH: path },
    stdio: 'inherit',
    timeout: INSTALL_TIMEOUT_MS,
  })
  if (status !== 0) return 'Its parts could not be fetched; an open network is needed.'
  if (part === 'onnxruntime') return existsSync(cudaProvider()) ? undefined : 'Its CUDA part did not arrive.'
  if (process.platform === 'win32') placeLibrary(folder)
  return tensorflowLoads() ? undefined : 'Its parts are there, but do not load.'
}

/** On Windows the library must lie beside the binding; for a Node newer than itself, the installer misses that folder. */
function placeLibrary(folder: string): void {
  const { binary } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    binary: { napi_versions: number[] }
  }
  const binding = join(folder, bindingFolderOf(binary.napi_versions, Number(process.versions.napi)))
  const library = join(folder, 'deps', 'lib', 'tensorflow.dll')
  const place = join(binding, 'tensorflow.dll')
  if (existsSync(library) && !existsSync(place)) copyFileSync(library, place)
}

/** Loads it in a process of its own, so that a crash does not end this one. */
function tensorflowLoads(): boolean {
  const script = `
    const util = require('util')
    util.isNullOrUndefined ??= value => value === null || value === undefined
    util.isArray ??= Array.isArray
    require('@tensorflow/tfjs-node-gpu')`
  return spawnSync(process.execPath, ['-e', script], { cwd: root, timeout: 120_000 }).status === 0
}

const cudaProvider = (): string =>
  join(
    folderOf('onnxruntime-node') ?? '',
    `bin/napi-v6/${process.platform}/${process.arch}/libonnxruntime_providers_cuda.so`,
  )

function folderOf(name: string): string | undefined {
  try {
    return dirname(require.resolve(`${name}/package.json`))
  } catch {
    return undefined
  }
}

/** What a command prints; undefined if it is missing or fails. */
function run(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 })
  return status === 0 ? stdout.trim() : undefined
}

const print = (line: string): void => console.log(line)

main()
