import { readExif, type ExifBlock } from './exif.ts'
import { findBlocks, type CodecBlocks } from './blocks.ts'
import { readIptc, type Iptc } from './iptc.ts'
import { readXmp, type Xmp } from './xmp.ts'

/** TIFF tags that hold a whole block of another kind. */
const XMP_TAG = 0x02bc
const IPTC_TAG = 0x83bb
const RESOURCES_TAG = 0x8649
/** Blocks of a kind that are read. */
const BLOCKS = 16

/** All that a file says of itself, by the standard that it says it in. */
export interface MetadataSources {
  readonly exif: readonly ExifBlock[]
  readonly xmp: readonly Xmp[]
  readonly iptc: readonly Iptc[]
  /** Of a PNG, by keywords in lower case. */
  readonly texts: ReadonlyMap<string, string>
}

/** Reads all blocks of a file. Damaged ones hold less; none of them throws. */
export function readSources(file: Buffer, codec: CodecBlocks): MetadataSources {
  const blocks = findBlocks(file, codec)
  const exif = blocks.exif.slice(0, BLOCKS).flatMap(block => readExif(block) ?? [])
  const within = (tag: number): Buffer[] => exif.flatMap(({ image }) => image.get(tag)?.bytes ?? [])
  const texts = new Map<string, string>()
  for (const [keyword, text] of blocks.texts)
    if (!texts.has(keyword.toLowerCase())) texts.set(keyword.toLowerCase(), text)
  return {
    exif,
    xmp: [...blocks.xmp, ...within(XMP_TAG)].slice(0, BLOCKS).map(readXmp),
    iptc: [...blocks.iptc, ...within(IPTC_TAG), ...within(RESOURCES_TAG)].slice(0, BLOCKS).map(readIptc),
    texts,
  }
}

/** What one of the sources says first. */
export function firstOf<S, T>(sources: readonly S[], read: (source: S) => T | undefined): T | undefined {
  for (const source of sources) {
    const value = read(source)
    if (value !== undefined) return value
  }
  return undefined
}
