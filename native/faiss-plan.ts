/** How the Faiss binding is obtained, decided from what was found on the machine. Pure: the installer only carries it out. */

export interface MachineFacts {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** A Debian, or one of its kin. */
  readonly hasApt: boolean
  readonly hasCompiler: boolean
  readonly hasFaissHeaders: boolean
  readonly hasOpenBlas: boolean
}

export type Plan =
  /** All is there. */
  | { readonly kind: 'build' }
  /** The system's packages can be installed, then it is built. */
  | { readonly kind: 'install-then-build'; readonly packages: readonly string[] }
  /** A person has to run a command first. */
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

/** Arguments for the C++ compiler. */
export function compilerArguments(paths: {
  readonly sources: readonly string[]
  /** Where faiss-node's own source lies. */
  readonly faissNode: string
  readonly compatHeader: string
  readonly napiHeaders: readonly string[]
  readonly output: string
  readonly platform: NodeJS.Platform
}): string[] {
  const mac = paths.platform === 'darwin'
  return [
    ...['-std=c++17', '-O3', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL'],
    ...['-include', paths.compatHeader],
    ...[...paths.napiHeaders, paths.faissNode].map(folder => `-I${folder}`),
    ...(mac ? [] : ['-DKINDRED_OPENBLAS']),
    ...(mac
      ? ['-I/opt/homebrew/include', '-L/opt/homebrew/lib', '-undefined', 'dynamic_lookup']
      : ['-fopenmp']),
    ...['-o', paths.output, ...paths.sources, '-lfaiss'],
    // The first definition of a kernel is taken, which is ours.
    ...(mac ? ['-lomp', '-framework', 'Accelerate'] : ['-lopenblas', '-Wl,--allow-multiple-definition']),
  ]
}
