/** Whether the end of an image file is missing, by its end marker; false for formats without one. */
export function isCutOff(bytes: Buffer, type: string): boolean {
  switch (type) {
    case 'image/jpeg':
      // An embedded preview has an end of its own, before the last scan begins.
      return bytes.lastIndexOf(JPEG_END) < bytes.lastIndexOf(JPEG_SCAN) || !bytes.includes(JPEG_SCAN)
    case 'image/png':
    case 'image/apng':
      return !bytes.includes('IEND')
    case 'image/webp':
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length
    case 'image/gif':
      return bytes.at(-1) !== GIF_END
    default:
      return false
  }
}

const JPEG_END = Buffer.of(0xff, 0xd9)
const JPEG_SCAN = Buffer.of(0xff, 0xda)
const GIF_END = 0x3b
