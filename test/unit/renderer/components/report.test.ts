// @vitest-environment jsdom
import { describe, expect, test } from 'vitest'
import type { Metrics } from '../../../../electron/shared/results.ts'
import AlbumGains from '../../../../renderer/components/AlbumGains.svelte'
import ReportFigures from '../../../../renderer/components/ReportFigures.svelte'
import { buttonIn, clickOn, show } from './shown.ts'
import type { TrainingReport } from '../../../../electron/shared/training-report.ts'

const figures = ['recallAt1', 'recallAt10', 'rPrecision', 'mapAtR'] as const
const each = <T>(value: T): Record<(typeof figures)[number], T> => ({
  recallAt1: value,
  recallAt10: value,
  rPrecision: value,
  mapAtR: value,
})
const metrics = (value: number): Metrics =>
  ({ queries: 120, ...each(value), interval: each([value - 0.05, value + 0.05]) }) as unknown as Metrics

describe('album gains', () => {
  const albums = Array.from({ length: 14 }, (_, i) => ({
    album: `Album ${i + 1}`,
    photos: 20,
    before: metrics(0.5),
    after: metrics(0.75),
  }))

  test('show twelve albums until all are wanted', async () => {
    const root = show(AlbumGains, { albums })
    expect(root.querySelectorAll('li')).toHaveLength(12)
    await clickOn(root, 'Show all 14')
    expect(root.querySelectorAll('li')).toHaveLength(14)
    await clickOn(root, 'Show fewer')
    expect(root.querySelectorAll('li')).toHaveLength(12)
  })

  test('have no button when there are few, and a name for each bar', () => {
    const root = show(AlbumGains, { albums: albums.slice(0, 2) })
    expect(buttonIn(root, 'Show all 2')).toBeUndefined()
    expect(root.querySelector('[role=img]')!.getAttribute('aria-label')).toBe('75% after, 50% before')
  })
})

describe('report figures', () => {
  test('show every measure with its interval, before and after, and the gain', () => {
    const report = {
      folds: 1,
      photos: 600,
      heldOut: 120,
      baseline: metrics(0.4),
      before: metrics(0.5),
      after: metrics(0.475),
      gain: each({ interval: [-0.06, 0.01] }),
    } as unknown as TrainingReport
    const root = show(ReportFigures, { report })
    expect(root.querySelector('caption')!.textContent).toContain('120 held-out photos')
    const rows = [...root.querySelectorAll('tbody tr')].map(row =>
      [...row.children].map(cell => cell.textContent.replace(/\s+/g, ' ').trim()),
    )
    expect(rows).toHaveLength(figures.length)
    expect(rows[0]).toEqual([
      'Right kind first (Recall@1)',
      '40.0%35.0 – 45.0',
      '50.0%45.0 – 55.0',
      '47.5%42.5 – 52.5',
      '−2.5 −6.0 … +1.0',
    ])
  })
})
