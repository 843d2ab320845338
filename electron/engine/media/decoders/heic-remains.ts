import type { Damage } from '../../../shared/damage.ts'
import { KindredError } from '../../../shared/errors.ts'
import { boxesOf } from '../formats/boxes.ts'
import { heifPicture } from '../formats/heif-picture.ts'
import { endsOfItems } from '../formats/item-locations.ts'
import { isEnough, partMissing } from '../formats/missing-part.ts'

/**
 * What is missing of a HEIC that is cut off, by the places of its tiles: libheif shows what there is as if it were whole.
 * Undefined for a whole one.
 * @throws KindredError `truncated-image` where too little is left
 */
export function heicDamage(bytes: Buffer): Damage | undefined {
  const ends = endsOfItems(bytes)
  const isThere = (end: number | undefined): boolean => end !== undefined && end <= bytes.length
  const isCutOff = boxesOf(bytes).some(({ end }) => end > bytes.length) || ![...ends.values()].every(isThere)
  if (!isCutOff) return undefined
  const picture = heifPicture(bytes)
  const items = picture?.items ?? []
  const missing = items.filter(item => !isThere(ends.get(item))).length
  const share = items.length === 0 ? 1 : missing / items.length
  if (!picture || !isEnough(share))
    throw new KindredError('truncated-image', 'The end of this image is missing.')
  // What lies behind the picture, such as a film or a map of light.
  if (share === 0) return { kind: 'end-missing', share }
  const isEnd = !items.slice(-missing).some(item => isThere(ends.get(item)))
  return isEnd ? partMissing(picture.lastRows, share) : { kind: 'pieces-missing', share }
}
