/** Decides what `npm run gpu:install` downloads from facts about the machine. Pure: the installer carries it out. */

export interface GpuFacts {
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** The NVIDIA cards and their driver, as `nvidia-smi` lists them; undefined if it is missing or fails. */
  readonly nvidia: string | undefined
  /** Which packages are installed; optional ones may be missing. */
  readonly packages: { readonly tensorflow: boolean; readonly onnxruntime: boolean }
  /** Which parts are present and load. */
  readonly ready: { readonly tensorflow: boolean; readonly onnxruntime: boolean }
  /** Names of the shared libraries that the system's loader knows; undefined if it can't list them. */
  readonly libraries: readonly string[] | undefined
}

export type Part = 'tensorflow' | 'onnxruntime'

/** Runs a package's own install script, which `npm ci` does not run. */
export interface GpuStep {
  readonly part: Part
  readonly package: string
  readonly script: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export type GpuPlan =
  | { readonly kind: 'install'; readonly steps: readonly GpuStep[]; readonly lacking: readonly string[] }
  | { readonly kind: 'ready'; readonly lacking: readonly string[] }
  | { readonly kind: 'give-up'; readonly reason: string }

/** The last release of tfjs-node-gpu: libtensorflow 2.9 was built for CUDA 11.2 and cuDNN 8. */
const tensorflow: GpuStep = {
  part: 'tensorflow',
  package: '@tensorflow/tfjs-node-gpu',
  script: 'scripts/install.js',
  args: ['gpu', 'download'],
  environment: {},
}

/**
 * ONNX Runtime's CUDA part, for CUDA 12 and cuDNN 9. Linux only; on Windows the package brings DirectML. Its installer
 * ignores the value `cuda12`, but `true` means the same.
 */
const onnxruntime: GpuStep = {
  part: 'onnxruntime',
  package: 'onnxruntime-node',
  script: 'script/install.js',
  args: [],
  environment: { ONNXRUNTIME_NODE_INSTALL: 'true' },
}

/** Shared libraries that the parts need on Linux. */
const wanted: Readonly<Record<Part, readonly string[]>> = {
  tensorflow: ['libcudart.so.11.0', 'libcudnn.so.8'],
  onnxruntime: ['libcudart.so.12', 'libcudnn.so.9'],
}

export function planGpu(facts: GpuFacts): GpuPlan {
  const { platform, arch, nvidia, packages, ready, libraries } = facts
  if (platform === 'darwin')
    return { kind: 'give-up', reason: 'a Mac needs nothing more: CoreML and WebGPU come with the program' }
  if (platform !== 'linux' && platform !== 'win32')
    return { kind: 'give-up', reason: `there are no native parts for ${platform}` }
  if (arch !== 'x64') return { kind: 'give-up', reason: `there are no native parts for ${arch} processors` }
  if (nvidia === undefined)
    return {
      kind: 'give-up',
      reason: 'no NVIDIA driver answers (nvidia-smi); other GPUs need nothing more than what is there',
    }
  const possible = platform === 'linux' ? [tensorflow, onnxruntime] : [tensorflow]
  const installed = possible.filter(({ part }) => packages[part])
  if (installed.length === 0)
    return {
      kind: 'give-up',
      reason: 'the optional package @tensorflow/tfjs-node-gpu is not installed: npm ci',
    }
  const steps = installed.filter(({ part }) => !ready[part])
  const lacking =
    libraries === undefined || platform !== 'linux'
      ? []
      : installed.flatMap(({ part }) => wanted[part]).filter(name => !libraries.includes(name))
  return steps.length === 0 ? { kind: 'ready', lacking } : { kind: 'install', steps, lacking }
}

/** The library names in the output of `ldconfig -p`. */
export const librariesIn = (text: string): string[] =>
  Array.from(text.matchAll(/^\s+(\S+) \(/gm), ([, name]) => name!)

/**
 * The folder in which node-pre-gyp puts tfjs-node-gpu's binding, named after the newest Node-API that both support.
 * @param known `binary.napi_versions` of the package
 * @param running the Node-API of this Node
 */
export const bindingFolderOf = (known: readonly number[], running: number): string =>
  `lib/napi-v${Math.max(...known.filter(version => version <= running))}`
