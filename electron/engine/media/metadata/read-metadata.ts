/** @file What a photo's file says about the photo: the quick reader, which every import runs in its photo threads. */
import type { PhotoMetadata } from '../../library/rows.ts'
import type { CodecBlocks } from './blocks.ts'
import { cameraFactsOf } from './camera-facts.ts'
import { filmWithin } from './film-within.ts'
import { placeAt } from './places.ts'
import { positionOf } from './position.ts'
import { readSources } from './sources.ts'
import { takenOf } from './taken.ts'
import { wordsOf } from './words.ts'

/**
 * Reads EXIF, XMP, IPTC and the texts of a PNG. What is damaged counts as absent: the photo itself may be fine.
 * @param file the whole file
 * @param codec the blocks that its codec hands out
 */
export function readPhotoMetadata(file: Buffer, codec: CodecBlocks): PhotoMetadata {
  try {
    const sources = readSources(file, codec)
    const position = positionOf(sources)
    const place = position && placeAt(position.latitude, position.longitude)
    return onlyKnown({
      taken: takenOf(sources, place?.timeZone),
      ...position,
      place,
      ...cameraFactsOf(sources),
      ...wordsOf(sources),
      film: filmWithin(file, sources.xmp),
    })
  } catch {
    // A fault of these readers must not keep a photo out of the library.
    return {}
  }
}

/** Without what is undefined. */
export function onlyKnown(metadata: {
  readonly [K in keyof PhotoMetadata]: PhotoMetadata[K] | undefined
}): PhotoMetadata {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined))
}
