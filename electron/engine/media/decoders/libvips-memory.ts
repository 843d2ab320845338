import type { Metadata } from 'sharp'

/** Bytes that any decoding takes beside the picture: code, tables, a few rows, the small picture. */
const BASE = 8 * 2 ** 20

/**
 * Bytes of memory that decoding an image takes at most, measured with libvips 8.17 by its format. A baseline JPEG comes
 * row by row; where the whole picture must be there before its first row is, it takes all pixels at once.
 */
export function libvipsMemory(metadata: Metadata): number {
  const { width, height } = metadata
  return BASE + width * height * bytesAPixel(metadata)
}

function bytesAPixel({
  format,
  isProgressive,
  channels,
  depth,
  chromaSubsampling,
  orientation = 1,
}: Metadata): number {
  const sample = depth === 'uchar' || depth === 'char' ? 1 : depth === 'ushort' || depth === 'short' ? 2 : 8
  // Turning it on its side needs all rows.
  const turned = orientation > 4 ? channels * sample : 0
  switch (format) {
    case 'jpeg':
      // Two bytes for each coefficient; with 4:2:0, colours have a quarter of them.
      if (isProgressive) return turned + (chromaSubsampling === '4:2:0' ? 3.2 : 2.1 * channels)
      return turned + 0.3
    case 'png':
      return turned + channels * sample * (isProgressive ? 1.3 : 0.4)
    case 'webp':
      return turned + 5
    case 'tiff':
      // Its strips may be as high as the picture.
      return turned + channels * sample * 1.2
    case 'gif':
      return turned + 5.5
    default:
      return turned + 19
  }
}
