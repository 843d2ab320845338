/** @file The gate's decision, and why there is no training, in sentences for the window. */

import type { TrainingReport } from '../../electron/shared/training-report.ts'
import type { TrainingWait } from '../../electron/shared/training-wait.ts'
import { formatFixed, t } from './i18n.ts'

/** A share in percentage points, a minus only where it is negative. */
const points = (share: number): string => `${share < 0 ? '−' : ''}${formatFixed(Math.abs(100 * share), 1)}`

/** Returns what became of a version, in a few words: one that was refused can have been taken into use all the same. */
export function outcomeWords({ accepted }: Pick<TrainingReport, 'accepted'>, inUse: boolean): string {
  if (accepted) return t(inUse ? 'model.accepted' : 'model.better')
  return t(inUse ? 'model.chosen' : 'model.refused')
}

/** Returns why a version was accepted or refused, and that somebody uses it all the same. */
export function reasonSentence(report: TrainingReport, inUse: boolean): string {
  const reason = measuredReason(report)
  return inUse && !report.accepted ? `${t('model.chosenAlthough')} ${reason}` : reason
}

/** Reports of early releases hold the sentence itself. */
function measuredReason(report: TrainingReport): string {
  if (!report.reasonFigures) return report.reason
  const { queries, mapAtRBefore = 0, mapAtR, rPrecision } = report.reasonFigures
  return t(`model.reason.${report.reason}`, {
    queries,
    before: points(mapAtRBefore),
    gain: points(mapAtR.mean),
    low: points(mapAtR.interval[0]),
    high: points(mapAtR.interval[1]),
    precisionLow: points(rPrecision.interval[0]),
    precisionHigh: points(rPrecision.interval[1]),
  })
}

/** Returns what would help, one sentence each. */
export function adviceSentences(report: TrainingReport): readonly string[] {
  if (!report.reasonFigures) return report.advice
  return report.advice.map(advice =>
    advice.code === 'fill-album'
      ? t('model.advice.fill-album', { count: advice.needs, album: advice.album })
      : t(`model.advice.${advice.code}`),
  )
}

/** Returns why a training cannot start, or does not start by itself. */
export function waitWords(wait: TrainingWait): string {
  switch (wait.code) {
    case 'too-few-albums':
      return [
        t(`model.wait.too-few-albums.${wait.trainable === 0 ? 'none' : 'some'}`, {
          albums: wait.fewestAlbums,
          photos: wait.fewestPhotos,
          trainable: wait.trainable,
        }),
        ...wait.lacking.map(({ album, needs }) => t('model.tooSmall', { album, count: needs })),
      ].join(' ')
    case 'more-labels':
      return t('model.wait.more-labels', { wanted: wait.wanted, changed: wait.changed })
    case 'in-use':
      return t('model.wait.in-use', { count: wait.minutes })
    default:
      return t(`model.wait.${wait.code}`)
  }
}
