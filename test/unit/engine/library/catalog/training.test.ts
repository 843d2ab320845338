import { describe, expect, test } from 'vitest'
import type { HeadId } from '../../../../../electron/shared/ids.ts'
import type { GateReason, TrainingReport } from '../../../../../electron/shared/training-report.ts'
import { reportOf, wordedReport } from '../../../../support/gate-decisions.ts'
import { rawVersion, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

describe('trainings', () => {
  test('know the looks at held-out photos since a version was accepted, after a restart, too', () => {
    const folder = scratch.folder()
    const catalog = scratch.catalog(folder)
    const { backboneId } = rawVersion(catalog, 4)
    const unasked: GateReason[] = ['too-few-queries', 'neighbourhoods-lost']
    let heads = 0
    const train = (report: TrainingReport, heldOut: number): HeadId => {
      const name = `trained-${++heads}`
      const head = catalog.models.addHead(backboneId, name, 4, Buffer.alloc(80), heads)
      catalog.trainings.add(head, { ...report, heldOut, createdAt: heads, model: name }, [])
      return head
    }
    const looks = (): number[] => catalog.trainings.heldOutSinceAccepted(unasked)
    expect(looks()).toEqual([])
    train(reportOf('no-gain', 0), 8)
    train(wordedReport, 9)
    train(reportOf('too-few-queries', 0), 9)
    train(reportOf('neighbourhoods-lost', 0), 10)
    train(reportOf('already-good', 0), 11)
    expect(looks()).toEqual([8, 9, 11])
    train(reportOf('improved', 0.2), 12)
    expect(looks()).toEqual([])
    train(reportOf('too-few-agree', 0.1), 12)
    expect(looks()).toEqual([12])
    expect(scratch.catalog(folder).trainings.heldOutSinceAccepted(unasked)).toEqual([12])
  })
})
