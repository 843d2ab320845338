import { expect, test, vi } from 'vitest'
import {
  switchVersion,
  type SwitchTools,
} from '../../../../../electron/engine/learning/versions/switch-version.ts'
import type { JobContext } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import type { ModelVersion } from '../../../../../electron/engine/vision/model-versions.ts'

vi.mock('../../../../../electron/engine/vision/compute-missing-features.ts', () => ({
  computeMissingFeatures: (_: unknown, backbone: number, lacking: number[]) =>
    Promise.resolve(steps.push(`compute ${lacking.join()} under ${backbone}`)),
}))

let steps: string[] = []
const job = { progress: { begin: (phase: string) => steps.push(phase) } } as unknown as JobContext
const version = { backboneId: 3 } as ModelVersion

/** @param lacking the photos without features, time after time */
const toolsWith = (lacking: number[][], file = () => 'there'): SwitchTools =>
  ({
    catalog: { features: { lackingIds: () => lacking.shift(), countSearchable: () => 4 } },
    backbones: { file },
    jobs: { inTurn: (_: unknown, work: () => Promise<void>) => (steps.push('turn'), work()) },
    index: { switchVersion: () => Promise.resolve(steps.push('switched')) },
  }) as unknown as SwitchTools

test('switch version: computes features before its turn, and in it what imports have added meanwhile', async () => {
  steps = []
  await switchVersion(toolsWith([[1, 2], [3]]), version, job)
  expect(steps).toEqual(['compute 1,2 under 3', 'turn', 'compute 3 under 3', 'switching', 'switched'])
})

test('switch version: does nothing where the file of the network is gone', async () => {
  steps = []
  const gone = (): never => {
    throw new Error('It is gone.')
  }
  await expect(switchVersion(toolsWith([[1]], gone), version, job)).rejects.toThrow('gone')
  expect(steps).toEqual([])
})
