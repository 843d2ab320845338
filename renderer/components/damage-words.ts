import { isAboutHalf, wholePercent, type Damage, type DamageKind } from '../../electron/shared/damage.ts'
import { formatPercent, t, type TextKey } from '../locales/i18n.ts'

/** What is missing, by how much of the picture that is; half of it has words of its own. */
const texts = {
  'lower-part-missing': ['damage.lowerPart', 'damage.lowerHalf'],
  'upper-part-missing': ['damage.upperPart', 'damage.upperHalf'],
  'left-part-missing': ['damage.leftPart', 'damage.leftHalf'],
  'right-part-missing': ['damage.rightPart', 'damage.rightHalf'],
  'pieces-missing': ['damage.pieces', 'damage.pieces'],
  'detail-missing': ['damage.detail', 'damage.detail'],
  'data-damaged': ['damage.data', 'damage.data'],
  'end-missing': ['damage.end', 'damage.end'],
} as const satisfies Record<DamageKind, readonly [part: TextKey, half: TextKey]>

/** Such as `the lower half is missing`. */
export function damageWords({ kind, share }: Damage): string {
  const [part, half] = texts[kind]
  return t(isAboutHalf(share) ? half : part, { percent: formatPercent(wholePercent(share) / 100) })
}
