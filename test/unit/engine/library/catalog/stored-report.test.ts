import { describe, expect, test } from 'vitest'
import { parseStoredReport } from '../../../../../electron/engine/library/catalog/stored-report.ts'
import { advised, reportOf, wordedReport } from '../../../../support/gate-decisions.ts'

describe('stored report', () => {
  test.each([
    ['in codes and figures', advised.report],
    ['of an accepted version', reportOf('improved', 0.2)],
    ['of an early release, in sentences', wordedReport],
    ['with further figures', { ...wordedReport, model: 'trained-1', heldOut: 12, gain: { mapAtR: 1 } }],
  ])('%s comes back as it was', (_, report) => {
    expect(parseStoredReport(JSON.stringify(report))).toEqual(report)
  })

  test.each([
    ['without a reason', { ...wordedReport, reason: undefined }],
    ['with an unknown reason and figures', { ...advised.report, reason: 'no-such-reason' }],
    ['with an unknown advice', { ...advised.report, advice: [{ code: 'no-such-advice' }] }],
    ['that is no object', null],
  ])('%s is refused', (_, report) => {
    expect(() => parseStoredReport(JSON.stringify(report))).toThrow()
  })
})
