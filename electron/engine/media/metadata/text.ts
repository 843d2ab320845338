/** @file Text of other programs: in UTF-8 where it is that, otherwise in the code page that most of them meant. */

/** Characters that are kept of one text. */
const LONGEST = 10_000

const western = new TextDecoder('windows-1252')
const utf16 = new TextDecoder('utf-16le')
const utf16BigEndian = new TextDecoder('utf-16be')

/** Decodes bytes; undefined where nothing but spaces is left. */
export function readText(bytes: Uint8Array): string | undefined {
  const part = bytes.subarray(0, 4 * LONGEST)
  try {
    // As a stream: a character that is cut off at the end is no error.
    return clean(
      new TextDecoder('utf-8', { fatal: true }).decode(part, { stream: part.length < bytes.length }),
    )
  } catch {
    return clean(western.decode(part))
  }
}

/** Decodes UTF-16, as Windows writes it into EXIF. */
export const readUtf16 = (bytes: Uint8Array, littleEndian = true): string | undefined =>
  clean((littleEndian ? utf16 : utf16BigEndian).decode(bytes.subarray(0, 2 * LONGEST)))

/** Text without control characters and without spaces around it; undefined where nothing is left. */
export function clean(text: string): string | undefined {
  const left = text.slice(0, LONGEST).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '')
  return left.trim() || undefined
}
