import { describe, expect, it } from 'vitest'
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

describe('how Faiss is obtained', () => {
  it('is built where all is there', () => expect(planBuild(ready)).toEqual({ kind: 'build' }))

  it('installs what is missing as root on Debian, and only that', () => {
    const facts = { ...ready, isRoot: true, hasFaissHeaders: false }
    expect(planBuild(facts)).toEqual({ kind: 'install-then-build', packages: ['libfaiss-dev'] })
  })

  it('names the one command to an ordinary user', () => {
    const plan = planBuild({ ...ready, hasFaissHeaders: false, hasOpenBlas: false })
    expect(plan).toEqual({
      kind: 'advise',
      command: 'sudo apt-get install -y libfaiss-dev libopenblas-dev && npm run native',
    })
    expect(planBuild({ ...ready, platform: 'darwin', hasFaissHeaders: false }).kind).toBe('advise')
  })

  it('gives up with a reason elsewhere', () => {
    expect(planBuild({ ...ready, platform: 'win32' }).kind).toBe('give-up')
    expect(planBuild({ ...ready, hasApt: false, hasCompiler: false })).toMatchObject({
      kind: 'give-up',
      reason: expect.stringContaining('g++') as string,
    })
  })

  it('puts the kernels before the library, so that theirs are taken', () => {
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

  it('can be switched off', () => {
    expect(loadFaiss({ KINDRED_NO_FAISS: '1' })).toMatchObject({ ok: false })
  })
})
