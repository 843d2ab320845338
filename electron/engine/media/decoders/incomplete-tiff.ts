import type { Metadata } from 'sharp'
import type { Damage } from '../../../shared/damage.ts'
import { KindredError } from '../../../shared/errors.ts'
import { isEnough, partMissing, sideOfLastRows } from '../formats/missing-part.ts'
import type { MissingParts } from '../formats/tiff-parts.ts'
import type { OpenedImage } from './opened-image.ts'

/**
 * Opens a TIFF of which strips or tiles are missing.
 * @param openLeniently opens what is there; `readable`: bytes that are decoded in place of the file's
 * @throws KindredError `truncated-image` where too little is left
 */
export function openIncompleteTiff(
  bytes: Buffer,
  { share, isEnd, neededBytes }: MissingParts,
  { orientation }: Metadata,
  openLeniently: (damage: Damage | undefined, readable: () => Buffer) => OpenedImage,
): OpenedImage {
  if (!isEnough(share)) throw new KindredError('truncated-image', 'The end of this image is missing.')
  const damage: Damage | undefined = isEnd
    ? partMissing(sideOfLastRows(orientation), share)
    : { kind: 'pieces-missing', share }
  // libtiff reads a strip as a whole or not at all.
  const missingBytes = Math.max(0, neededBytes - bytes.length)
  return openLeniently(damage, () =>
    missingBytes > 0 ? Buffer.concat([bytes, Buffer.alloc(missingBytes)]) : bytes,
  )
}
