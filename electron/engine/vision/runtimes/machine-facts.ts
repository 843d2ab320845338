import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, release } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { kindredVersion } from '../../runtime/version.ts'

/** Where Windows keeps its graphics adapters with the versions of their drivers. */
const ADAPTERS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}'
/** Environment variables that show other hardware or drivers to a process. */
const VARIABLES = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'CUDA_VISIBLE_DEVICES', 'LD_LIBRARY_PATH']

const require = createRequire(import.meta.url)

/**
 * Returns what decides how fast the runtimes are and whether they work: when any of it changes, they are measured again.
 * On a Mac, drivers are part of the system's version.
 */
export async function machineFacts(): Promise<readonly string[]> {
  const processors = cpus()
  return [
    `kindred ${kindredVersion()}`,
    `node ${process.versions.node}`,
    `${process.platform} ${release()} ${process.arch}`,
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    ...(await graphics(process.platform)),
    ...VARIABLES.flatMap(name => (process.env[name] ? [`${name}=${process.env[name]}`] : [])),
    ...nativeParts(),
  ]
}

async function graphics(platform: NodeJS.Platform): Promise<string[]> {
  if (platform === 'linux') return linuxGraphics('/')
  if (platform !== 'win32') return []
  try {
    const { stdout } = await promisify(execFile)('reg', ['query', ADAPTERS, '/s', '/v', 'DriverVersion'], {
      timeout: 10_000,
      windowsHide: true,
    })
    return driverVersions(stdout)
  } catch {
    return []
  }
}

/** Returns the versions of the drivers in what `reg query … /v DriverVersion` prints. */
export function driverVersions(text: string): string[] {
  return Array.from(
    text.matchAll(/\\(\d{4})\s+DriverVersion\s+REG_SZ\s+(\S+)/g),
    ([, adapter, version]) => `adapter ${adapter} driver ${version}`,
  )
}

/**
 * Returns the graphics cards, NVIDIA's driver, and the Vulkan drivers with the time of their installation.
 * @param root of the file system
 */
export function linuxGraphics(root: string): string[] {
  const cards = list(join(root, 'sys/class/drm'))
    .filter(name => /^card\d+$/.test(name))
    .map(name => ['vendor', 'device'].map(file => read(join(root, 'sys/class/drm', name, 'device', file))))
    .map(([vendor, device]) => `card ${vendor}:${device}`)
  const nvidia = read(join(root, 'proc/driver/nvidia/version')).split('\n')[0]!
  const vulkan = ['usr/share/vulkan/icd.d', 'etc/vulkan/icd.d'].flatMap(folder =>
    list(join(root, folder)).map(
      name =>
        `vulkan ${name} ${statSync(join(root, folder, name), { throwIfNoEntry: false })?.mtime.toISOString() ?? ''}`,
    ),
  )
  return [...cards, ...(nvidia ? [nvidia] : []), ...vulkan]
}

/** Returns which of the parts that `npm run gpu:install` fetches are installed. */
function nativeParts(): string[] {
  const parts = {
    'tfjs-node-gpu': ['@tensorflow/tfjs-node-gpu/package.json', 'lib'],
    'onnxruntime-cuda': [
      'onnxruntime-node/package.json',
      `bin/napi-v6/${process.platform}/${process.arch}/libonnxruntime_providers_cuda.so`,
    ],
  } as const
  return Object.entries(parts).flatMap(([name, [package_, file]]) => {
    try {
      return existsSync(join(dirname(require.resolve(package_)), file)) ? [name] : []
    } catch {
      return []
    }
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}
