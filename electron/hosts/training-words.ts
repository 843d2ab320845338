/** @file The gate's decision in sentences, for the command line. */

import type { GateReason, ReasonFigures, TrainingAdvice, TrainingReport } from '../shared/training-report.ts'

/** A share in percentage points, a minus only where it is negative. */
const points = (share: number): string => `${share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)}`
const between = ([low, high]: readonly [number, number]): string => `${points(low)} to ${points(high)}`

const reasons: Readonly<Record<GateReason, (figures: ReasonFigures) => string>> = {
  improved: ({ mapAtR }) =>
    `It finds photos of the same album better: MAP@R rose by ${points(mapAtR.mean)} points on held-out photos (${between(mapAtR.interval)}).`,
  'too-few-queries': ({ queries }) =>
    `Only ${queries} photos could be used as a fair question, too few to tell learning from luck.`,
  'neighbourhoods-lost': () =>
    'Photos in no album would lose their neighbours: the new version would tell your albums apart and little else.',
  'already-good': ({ mapAtRBefore }) =>
    `It is already as good as it gets: held-out photos are found with a MAP@R of ${points(mapAtRBefore!)} %, which leaves next to nothing to learn from these albums.`,
  'no-gain': ({ mapAtR }) => `It did not measure better on held-out photos (${points(mapAtR.mean)} points).`,
  'gain-uncertain': ({ mapAtR }) =>
    `It measured ${points(mapAtR.mean)} points better on held-out photos, but that may be luck (${between(mapAtR.interval)}).`,
  'r-precision-uncertain': ({ mapAtR, rPrecision }) =>
    `MAP@R rose by ${points(mapAtR.mean)} points on held-out photos, but R-precision did not rise for sure (${between(rPrecision.interval)}): that is what learning by heart looks like.`,
  'shuffled-labels-do-as-well': ({ mapAtR }) =>
    `It measured ${points(mapAtR.mean)} points better on held-out photos, but labels dealt at random could do as well: that is luck.`,
  'too-few-agree': ({ mapAtR }) =>
    `It measured ${points(mapAtR.mean)} points better on held-out photos, but too few photos and albums agree to rule out luck.`,
}

function adviceSentence(advice: TrainingAdvice): string {
  switch (advice.code) {
    case 'add-photos':
      return 'Put more photos into your albums.'
    case 'label-more-kinds':
      return 'Label more kinds of photos.'
    case 'check-albums':
      return 'Add photos to albums whose photos look alike, or check for photos in the wrong album.'
    case 'fill-album':
      return `Add ${advice.needs} more ${advice.needs === 1 ? 'photo' : 'photos'} to “${advice.album}”.`
  }
}

/** Returns why a version was accepted or refused. Reports of early releases hold the sentence itself. */
export const reasonSentence = (report: TrainingReport): string =>
  report.reasonFigures ? reasons[report.reason](report.reasonFigures) : report.reason

/** Returns what would help, one sentence each. */
export const adviceSentences = (report: TrainingReport): readonly string[] =>
  report.reasonFigures ? report.advice.map(adviceSentence) : report.advice
