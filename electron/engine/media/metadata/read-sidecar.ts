import type { PhotoMetadata } from '../../library/rows.ts'
import { placeAt } from './places.ts'
import { positionOf } from './position.ts'
import { onlyKnown } from './read-metadata.ts'
import { takenOfSidecar } from './taken.ts'
import { wordsOfXmp } from './words.ts'
import { readXmp } from './xmp.ts'

/** Bytes of a sidecar at most: some programs keep long histories in them. */
export const SIDECAR_BYTES = 4 * 2 ** 20

/** What an XMP file beside a photo says of it: words, a date that a person put right, a place. */
export function readSidecar(bytes: Uint8Array): PhotoMetadata {
  const packet = readXmp(bytes)
  const position = positionOf({ exif: [], xmp: [packet] })
  return onlyKnown({
    taken: takenOfSidecar(packet),
    ...position,
    place: position && placeAt(position.latitude, position.longitude),
    ...wordsOfXmp(packet),
  })
}
