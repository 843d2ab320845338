/** @file Which part of a picture is missing, and how much may be: one rule for all formats. */
import type { Damage } from '../../../shared/damage.ts'

/** A side of a picture as it is shown. */
export type Side = 'lower' | 'upper' | 'left' | 'right'

/**
 * The part of the rows that must be there. With less, a photo of 4:3 is a strip thirteen times as wide as high, in which
 * nobody recognises it and which is like any other strip of sky: it counts as unreadable.
 */
const LEAST_PART = 0.1

/** Missing parts below this are a row of blocks or two, which nobody sees. */
const LEAST_MISSING = 0.01

/** What lies at the end of the stored rows, by EXIF's orientation (EXIF 2.32, section 4.6.4, tag 0x0112). */
const lastRows: readonly Side[] = ['lower', 'lower', 'upper', 'upper', 'right', 'left', 'left', 'right']

/** Where the last rows of a stored picture are shown. */
export const sideOfLastRows = (orientation = 1): Side => lastRows[orientation - 1] ?? 'lower'

/** Whether enough is there to be shown. */
export const isEnough = (share: number): boolean => 1 - share >= LEAST_PART

/** The damage where a share of the rows is missing at one side; undefined where that is too little to be seen. */
export const partMissing = (side: Side, share: number): Damage | undefined =>
  share < LEAST_MISSING ? undefined : { kind: `${side}-part-missing`, share }

/** An area in pixels. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What of a picture is there; all of it where no side is missing. At least one pixel. */
export function partThatIsThere(
  { width, height }: { readonly width: number; readonly height: number },
  damage: Damage | undefined,
): Area {
  const share = damage?.share ?? 0
  const left = (length: number): number => Math.max(1, Math.round(length * (1 - share)))
  switch (damage?.kind) {
    case 'lower-part-missing':
      return { left: 0, top: 0, width, height: left(height) }
    case 'upper-part-missing':
      return { left: 0, top: height - left(height), width, height: left(height) }
    case 'right-part-missing':
      return { left: 0, top: 0, width: left(width), height }
    case 'left-part-missing':
      return { left: width - left(width), top: 0, width: left(width), height }
    default:
      return { left: 0, top: 0, width, height }
  }
}
