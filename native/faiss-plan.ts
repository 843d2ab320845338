/** Decides how to obtain the Faiss binding from facts about the machine. Pure: the installer carries it out. */

export interface MachineFacts {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** Debian or a system derived from it. */
  readonly hasApt: boolean
  readonly hasCompiler: boolean
  readonly hasFaissHeaders: boolean
  readonly hasOpenBlas: boolean
}

export type Plan =
  /** Everything that the build needs is present. */
  | { readonly kind: 'build' }
  /** Install these packages of the system, then build. */
  | { readonly kind: 'install-then-build'; readonly packages: readonly string[] }
  /** The user has to run this command first. */
  | { readonly kind: 'advise'; readonly command: string }
  | { readonly kind: 'give-up'; readonly reason: string }

export function planBuild(facts: MachineFacts): Plan {
  if (facts.platform === 'win32') return { kind: 'give-up', reason: 'there is no way to build it on Windows' }
  if (facts.hasCompiler && facts.hasFaissHeaders && facts.hasOpenBlas) return { kind: 'build' }
  if (facts.platform === 'darwin')
    return { kind: 'advise', command: 'brew install faiss libomp openblas && npm run native' }
  const packages = [
    ...(facts.hasCompiler ? [] : ['g++']),
    ...(facts.hasFaissHeaders ? [] : ['libfaiss-dev']),
    ...(facts.hasOpenBlas ? [] : ['libopenblas-dev']),
  ]
  if (!facts.hasApt)
    return {
      kind: 'give-up',
      reason: `install ${packages.join(', ')}, or what your system calls them, and run npm run native`,
    }
  if (facts.isRoot) return { kind: 'install-then-build', packages }
  return { kind: 'advise', command: `sudo apt-get install -y ${packages.join(' ')} && npm run native` }
}

/** The sources of `photoIndex`: what Kindred adds to faiss-node. */
export const photoIndexSources = ['faiss-kernels.cc', 'photo-index.cc', 'photo-vectors.cc', 'read-index.cc']
/** Every header of the binding. */
export const headers = ['faiss-compat.h', 'photo-index.h', 'photo-vectors.h', 'read-index.h']

/** Arguments for the C++ compiler. */
export function compilerArguments(paths: {
  readonly sources: readonly string[]
  /** Folder of faiss-node's own source. */
  readonly faissNode: string
  readonly compatHeader: string
  readonly napiHeaders: readonly string[]
  readonly output: string
  readonly platform: NodeJS.Platform
  /** Options that come after the usual ones and so prevail over them. */
  readonly options?: readonly string[]
}): string[] {
  const mac = paths.platform === 'darwin'
  return [
    '-std=c++17',
    '-O3',
    '-fPIC',
    '-shared',
    '-DNAPI_VERSION=8',
    '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL',
    '-include',
    paths.compatHeader,
    ...[...paths.napiHeaders, paths.faissNode].map(folder => `-I${folder}`),
    ...(mac ? [] : ['-DKINDRED_OPENBLAS']),
    ...(mac
      ? ['-I/opt/homebrew/include', '-L/opt/homebrew/lib', '-undefined', 'dynamic_lookup']
      : ['-fopenmp']),
    ...(paths.options ?? []),
    '-o',
    paths.output,
    ...paths.sources,
    '-lfaiss',
    // The linker takes the first definition of a kernel, which is Kindred's.
    ...(mac ? ['-lomp', '-framework', 'Accelerate'] : ['-lopenblas', '-Wl,--allow-multiple-definition']),
  ]
}
