/** @file Finds the blocks of metadata in a file: codecs hand out some of them only, and one of several. */
import { jpegBlocks } from './jpeg-blocks.ts'
import { pngBlocks } from './png-blocks.ts'

/** Blocks of metadata as they stand in a file, the most trusted first. */
export interface MetadataBlocks {
  readonly exif: readonly Buffer[]
  readonly xmp: readonly Buffer[]
  readonly iptc: readonly Buffer[]
  /** Keyword and text of a PNG. */
  readonly texts: readonly (readonly [keyword: string, text: string])[]
}

/** What a codec hands out. */
export interface CodecBlocks {
  readonly exif?: Buffer | undefined
  readonly xmp?: Buffer | undefined
  readonly iptc?: Buffer | undefined
}

/** All blocks of a file. */
export function findBlocks(file: Buffer, codec: CodecBlocks): MetadataBlocks {
  const found = ownBlocks(file)
  const either = (own: readonly Buffer[] = [], given: Buffer | undefined): readonly Buffer[] =>
    own.length > 0 || !given ? own : [given]
  return {
    exif: either(found.exif, codec.exif),
    xmp: either(found.xmp, codec.xmp),
    iptc: either(found.iptc, codec.iptc),
    texts: found.texts ?? [],
  }
}

function ownBlocks(file: Buffer): Partial<MetadataBlocks> {
  const start = file.toString('latin1', 0, 8)
  if (start.startsWith('\xff\xd8\xff')) return jpegBlocks(file)
  if (start === '\x89PNG\r\n\x1a\n') return pngBlocks(file)
  // A TIFF file is an EXIF block itself, and so is a RAW file that is built like one.
  return start.startsWith('II') || start.startsWith('MM') ? { exif: [file] } : {}
}
