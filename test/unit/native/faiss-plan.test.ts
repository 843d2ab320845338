import { describe, expect, test } from 'vitest'
import { compilerArguments, planBuild, type MachineFacts } from '../../../native/faiss-plan.ts'
import { loadFaiss } from '../../../native/faiss.ts'

const ready: MachineFacts = {
  platform: 'linux',
  isRoot: false,
  hasApt: true,
  hasCompiler: true,
  hasFaissHeaders: true,
  hasOpenBlas: true,
}

describe('Faiss plan', () => {
  test('builds if everything is present', () => expect(planBuild(ready)).toEqual({ kind: 'build' }))

  test('installs only what is missing, as root on Debian', () => {
    const facts = { ...ready, isRoot: true, hasFaissHeaders: false }
    expect(planBuild(facts)).toEqual({ kind: 'install-then-build', packages: ['libfaiss-dev'] })
  })

  test('gives an ordinary user one command to run', () => {
    const plan = planBuild({ ...ready, hasFaissHeaders: false, hasOpenBlas: false })
    expect(plan).toEqual({
      kind: 'advise',
      command: 'sudo apt-get install -y libfaiss-dev libopenblas-dev && npm run native',
    })
    expect(planBuild({ ...ready, platform: 'darwin', hasFaissHeaders: false }).kind).toBe('advise')
  })

  test('gives up with a reason elsewhere', () => {
    expect(planBuild({ ...ready, platform: 'win32' }).kind).toBe('give-up')
    expect(planBuild({ ...ready, hasApt: false, hasCompiler: false })).toMatchObject({
      kind: 'give-up',
      reason: expect.stringContaining('g++') as string,
    })
  })

  test('puts Kindred’s kernels before the library, so that the linker takes them', () => {
    const paths = {
      sources: ['k.cc', 's.cc'],
      faissNode: 'f',
      compatHeader: 'c.h',
      napiHeaders: ['n'],
      output: 'o',
      platform: 'linux' as const,
    }
    const args = compilerArguments(paths)
    expect(args.indexOf('k.cc')).toBeLessThan(args.indexOf('-lfaiss'))
    expect(args).toEqual(expect.arrayContaining(['-In', '-If']))
  })

  test('loading can be switched off', () => {
    expect(loadFaiss({ KINDRED_NO_FAISS: '1' })).toMatchObject({ ok: false })
  })
})
