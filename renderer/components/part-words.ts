import type { PartDetails } from '../../electron/shared/contract.ts'
import { t } from '../locales/i18n.ts'

/** What a tile says of the parts of its photo, by their bits (PhotoList); in words for screen readers. */
const marks = [
  [1, 'parts.rawMark', 'parts.withRaw'],
  // Beside the photo, or within its file.
  [2 | 8, 'parts.videoMark', 'parts.withVideo'],
  [4, 'parts.originalMark', 'parts.withOriginal'],
] as const

/** Such as `RAW · Live`; empty for a photo without parts. */
export const partMarks = (parts: number): string =>
  marks.flatMap(([bit, mark]) => (parts & bit ? [t(mark)] : [])).join(' · ')

/** What belongs to a photo, each as `with a RAW file`. */
export const partWords = (parts: number): string[] =>
  marks.flatMap(([bit, , words]) => (parts & bit ? [t(words)] : []))

export const partName = ({ role }: PartDetails): string => t(`parts.${role}`)
