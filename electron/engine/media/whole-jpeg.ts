import { isCutOff } from './formats/cut-off.ts'

const MARKER = 0xff
const START_OF_SCAN = 0xda

/**
 * Whether a JPEG of our own is whole, as far as a glance tells: its segments follow one another up to the picture, and
 * its end is there. After a loss of power, files are empty, cut short, or hold zeros where nothing was written.
 */
export function isWholeJpeg(bytes: Buffer): boolean {
  return bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && hasScan(bytes) && endsWhole(bytes)
}

/** Whether the segments lead to a scan. */
function hasScan(bytes: Buffer): boolean {
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === MARKER) {
    const [kind, length] = [bytes[at + 1]!, bytes.readUInt16BE(at + 2)]
    // Before another marker, the byte of a marker may stand any number of times.
    if (kind === MARKER) at++
    else if (kind === START_OF_SCAN) return true
    else at += 2 + length
  }
  return false
}

const endsWhole = (bytes: Buffer): boolean =>
  bytes.readUInt16BE(bytes.length - 2) === 0xffd9 && !isCutOff(bytes, 'image/jpeg')
