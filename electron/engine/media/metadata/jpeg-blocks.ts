import type { MetadataBlocks } from './blocks.ts'

/** Segments that are looked at, and blocks of a kind that are kept. */
const SEGMENTS = 10_000
const BLOCKS = 16

const START_OF_SCAN = 0xda
const END = 0xd9
const APP1 = 0xe1
const APP13 = 0xed

const exifMark = Buffer.from('Exif\0', 'latin1')
const xmpMark = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1')
const photoshopMark = Buffer.from('Photoshop 3.0\0', 'latin1')

/** The blocks in the segments before the picture (JPEG, ITU T.81, B.1; XMP part 3, 1.1.3). */
export function jpegBlocks(file: Buffer): Partial<MetadataBlocks> {
  const [exif, xmp, photoshop]: Buffer[][] = [[], [], []]
  let at = 2
  for (let n = 0; n < SEGMENTS && at + 4 <= file.length && file[at] === 0xff; n++) {
    const kind = file[at + 1]!
    // Before a marker, its first byte may stand any number of times.
    if (kind === 0xff) {
      at++
      continue
    }
    if (kind === START_OF_SCAN || kind === END) break
    const end = at + 2 + file.readUInt16BE(at + 2)
    const body = file.subarray(at + 4, end)
    at = end
    if (kind === APP1 && startsWith(body, exifMark)) exif!.push(body.subarray(6))
    else if (kind === APP1 && startsWith(body, xmpMark)) xmp!.push(body.subarray(xmpMark.length))
    else if (kind === APP13 && startsWith(body, photoshopMark)) photoshop!.push(body)
  }
  return { exif: exif!.slice(0, BLOCKS), xmp: xmp!.slice(0, BLOCKS), iptc: joined(photoshop!) }
}

/** Photoshop's resources may go on from segment to segment. */
function joined(segments: readonly Buffer[]): Buffer[] {
  const [first, ...others] = segments.slice(0, BLOCKS)
  if (!first) return []
  return [Buffer.concat([first, ...others.map(other => other.subarray(photoshopMark.length))])]
}

const startsWith = (bytes: Buffer, mark: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark)
