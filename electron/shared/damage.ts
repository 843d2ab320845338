/** What is missing of a photo that can be shown all the same, or wrong with it. */

/** A part is named by where it lies in the picture as it is shown. */
export const damageKinds = [
  'lower-part-missing',
  'upper-part-missing',
  'left-part-missing',
  'right-part-missing',
  /** Pieces here and there. */
  'pieces-missing',
  /** All of it is there, coarser than it was. */
  'detail-missing',
  /** All of it is there, but its data contradict themselves: something in it may look wrong. */
  'data-damaged',
  /** What is shown is whole, but the file is not: of a RAW file a preview that stands before the sensor's values. */
  'end-missing',
] as const
export type DamageKind = (typeof damageKinds)[number]

export interface Damage {
  readonly kind: DamageKind
  /** Of the picture, how much is missing, 0…1; 0 where no place in it is missing. */
  readonly share: number
}

/** Shares that are called a half. */
const HALF = { from: 0.47, to: 0.53 } as const

export const isAboutHalf = (share: number): boolean => share >= HALF.from && share <= HALF.to

/** A share as whole percent: at least 1 of what is missing, and at most 99 of what is not all. */
export const wholePercent = (share: number): number => Math.min(99, Math.max(1, Math.round(share * 100)))

/** In words, such as `the lower half is missing`. */
export function describeDamage({ kind, share }: Damage): string {
  const side = /^(\w+)-part-missing$/.exec(kind)?.[1]
  if (side !== undefined)
    return isAboutHalf(share)
      ? `the ${side} half is missing`
      : `the ${side} ${wholePercent(share)} % is missing`
  if (kind === 'pieces-missing') return `pieces that make up ${wholePercent(share)} % are missing`
  if (kind === 'detail-missing') return 'the fine detail is missing'
  if (kind === 'end-missing') return 'the end of the file is missing'
  return 'a part of it may look wrong'
}
