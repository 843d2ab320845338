import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  computeFeaturesOfLibrary,
  type SwitchTools,
} from '../../../../../electron/engine/learning/versions/switch-version.ts'
import type { JobContext } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import type { BackboneId } from '../../../../../electron/shared/ids.ts'

const computed = vi.hoisted(() => vi.fn())
vi.mock('../../../../../electron/engine/vision/compute-missing-features.ts', () => ({
  computeMissingFeatures: computed,
}))

const BACKBONE = 3 as BackboneId
const file = vi.fn()
const checkpoint = vi.fn()
const job = { checkpoint } as unknown as JobContext

/** @param lacking the photos that lack features, time after time; @param imports whether an import runs, time after time */
const toolsWith = (lacking: number[][], imports: boolean[]): SwitchTools =>
  ({
    catalog: { features: { lackingIds: () => lacking.shift() ?? [] } },
    backbones: { file },
    jobs: { list: () => (imports.shift() ? [{ kind: 'import', state: 'running' }] : []) },
  }) as unknown as SwitchTools

beforeEach(() => {
  computed.mockReset()
  checkpoint.mockReset()
  file.mockReset()
})

describe('computeFeaturesOfLibrary', () => {
  test('does nothing where no photo lacks features, but checks the file of the network', async () => {
    await computeFeaturesOfLibrary(toolsWith([[]], [true, true]), BACKBONE, job)
    expect(file).toHaveBeenCalledWith(BACKBONE)
    expect(computed).not.toHaveBeenCalled()
    file.mockImplementation(() => {
      throw new Error('It is gone.')
    })
    await expect(computeFeaturesOfLibrary(toolsWith([[]], []), BACKBONE, job)).rejects.toThrow('gone')
  })

  test('computes once where nothing is imported', async () => {
    await computeFeaturesOfLibrary(toolsWith([[1, 2]], [false]), BACKBONE, job)
    expect(computed.mock.calls.map(call => call[2] as unknown)).toEqual([[1, 2]])
  })

  test('computes what imports add until they have ended', async () => {
    await computeFeaturesOfLibrary(toolsWith([[1], [], [2]], [true, true, false]), BACKBONE, job)
    expect(computed.mock.calls.map(call => call[2] as unknown)).toEqual([[1], [], [2]])
    expect(checkpoint).toHaveBeenCalledTimes(2)
  })
})
