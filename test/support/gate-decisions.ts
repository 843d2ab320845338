import type { GateReason, TrainingAdvice, TrainingReport } from '../../electron/shared/training-report.ts'

/** A report of which only the gate's decision is looked at. */
export const reportOf = (
  reason: GateReason,
  mean: number,
  interval: readonly [number, number] = [mean, mean],
  precision: readonly [number, number] = interval,
  advice: readonly TrainingAdvice[] = [],
): TrainingReport =>
  ({
    accepted: reason === 'improved',
    reason,
    reasonFigures: {
      queries: 7,
      mapAtRBefore: 0.987,
      mapAtR: { mean, interval },
      rPrecision: { mean: precision[0], interval: precision },
    },
    advice,
  }) as unknown as TrainingReport

/** What the command line and the window say alike. */
export const reasonSentences: readonly [string, TrainingReport][] = [
  [
    'It finds photos of the same album better: MAP@R rose by 70.0 points on held-out photos (65.0 to 75.1).',
    reportOf('improved', 0.7, [0.65, 0.751]),
  ],
  [
    'Only 7 photos could be used as a fair question, too few to tell learning from luck.',
    reportOf('too-few-queries', 0.7),
  ],
  [
    'Photos in no album would lose their neighbours: the new version would tell your albums apart and little else.',
    reportOf('neighbourhoods-lost', 0.7),
  ],
  [
    'It is already as good as it gets: held-out photos are found with a MAP@R of 98.7 %, which leaves next to nothing to learn from these albums.',
    reportOf('already-good', 0.004, [-0.002, 0.01]),
  ],
  ['It did not measure better on held-out photos (0.0 points).', reportOf('no-gain', 0)],
  ['It did not measure better on held-out photos (−10.0 points).', reportOf('no-gain', -0.1)],
  [
    'It measured 5.0 points better on held-out photos, but that may be luck (−6.0 to 16.0).',
    reportOf('gain-uncertain', 0.05, [-0.06, 0.16]),
  ],
  [
    'MAP@R rose by 12.0 points on held-out photos, but R-precision did not rise for sure (−0.3 to 2.0): that is what learning by heart looks like.',
    reportOf('r-precision-uncertain', 0.12, [0.1, 0.14], [-0.003, 0.02]),
  ],
  [
    'It measured 3.1 points better on held-out photos, but labels dealt at random could do as well: that is luck.',
    reportOf('shuffled-labels-do-as-well', 0.031),
  ],
  [
    'It measured 3.1 points better on held-out photos, but too few photos and albums agree to rule out luck.',
    reportOf('too-few-agree', 0.031),
  ],
]

export const advised: { readonly report: TrainingReport; readonly sentences: readonly string[] } = {
  report: reportOf(
    'no-gain',
    0,
    [0, 0],
    [0, 0],
    [
      { code: 'add-photos' },
      { code: 'label-more-kinds' },
      { code: 'check-albums' },
      { code: 'fill-album', album: 'Cats', needs: 1 },
      { code: 'fill-album', album: 'Old friends', needs: 3 },
    ],
  ),
  sentences: [
    'Put more photos into your albums.',
    'Label more kinds of photos.',
    'Add photos to albums whose photos look alike, or check for photos in the wrong album.',
    'Add 1 more photo to “Cats”.',
    'Add 3 more photos to “Old friends”.',
  ],
}

/** As early releases stored it. */
export const wordedReport = {
  accepted: false,
  reason: 'It did not measure better on held-out photos (−1.2 points).',
  advice: ['Add 2 more photos to “Dogs”.'],
} as unknown as TrainingReport
