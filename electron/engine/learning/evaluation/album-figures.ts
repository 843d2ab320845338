import type { Confusion, TrainingReport } from '../../../shared/training-report.ts'
import { summarise } from './metrics.ts'
import type { RankedResult } from './retrieval-run.ts'
import type { TrainingSet } from '../labels/training-set.ts'

export interface BeforeAndAfter {
  readonly before: readonly RankedResult[]
  readonly after: readonly RankedResult[]
}

/** The most confusions in a report, each way. */
const MOST_CONFUSIONS = 12

/** Returns the figures of each trainable album, the largest gain in MAP@R first. */
export function perAlbum(set: TrainingSet, { before, after }: BeforeAndAfter): TrainingReport['perAlbum'] {
  const { albumsOf, trainable } = set.labels
  const figures = [...trainable].map(number => {
    const isIn = ({ row }: RankedResult): boolean => albumsOf[row]!.includes(number)
    return {
      album: set.albumNames[number]!,
      photos: albumsOf.filter(numbers => numbers.includes(number)).length,
      before: summarise(before.filter(isIn)),
      after: summarise(after.filter(isIn)),
    }
  })
  return figures.sort((a, b) => b.after.mapAtR - b.before.mapAtR - (a.after.mapAtR - a.before.mapAtR))
}

/** Returns which albums were taken for which, by the nearest photo: more seldom than before, and more often. */
export function confusions(
  set: TrainingSet,
  { before, after }: BeforeAndAfter,
): TrainingReport['confusions'] {
  const counts = new Map<string, { album: number; takenFor: number; before: number; after: number }>()
  const count = (results: readonly RankedResult[], side: 'before' | 'after'): void => {
    const { albumsOf } = set.labels
    for (const { row, nearest, hitAt1 } of results) {
      const [album, takenFor] = [albumsOf[row]![0], albumsOf[nearest[0] ?? -1]?.[0]]
      if (hitAt1 === 1 || album === undefined || takenFor === undefined) continue
      const key = `${album}/${takenFor}`
      const entry = counts.get(key) ?? { album, takenFor, before: 0, after: 0 }
      entry[side]++
      counts.set(key, entry)
    }
  }
  count(before, 'before')
  count(after, 'after')
  const all: Confusion[] = [...counts.values()].map(entry => ({
    ...entry,
    album: set.albumNames[entry.album]!,
    takenFor: set.albumNames[entry.takenFor]!,
  }))
  const change = (confusion: Confusion): number => confusion.after - confusion.before
  return {
    gone: all
      .filter(confusion => change(confusion) < 0)
      .sort((a, b) => change(a) - change(b))
      .slice(0, MOST_CONFUSIONS),
    come: all
      .filter(confusion => change(confusion) > 0)
      .sort((a, b) => change(b) - change(a))
      .slice(0, MOST_CONFUSIONS),
  }
}
