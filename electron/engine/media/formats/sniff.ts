/** How many bytes of a file suffice to tell its type. */
export const SNIFF_BYTES = 4100

/** The content type of a file by its first bytes, such as `image/jpeg`; undefined where they do not tell. */
export async function sniff(head: Uint8Array): Promise<string | undefined> {
  if (head.length === 0) return undefined
  // Loaded when it is needed, which is seldom: at a start, it is the largest part after the codecs.
  const { fileTypeFromBuffer } = await import('file-type')
  const type = await fileTypeFromBuffer(head)
  // file-type reads further into a TIFF to tell its variants apart, and gives up where the file is cut short.
  return type?.mime ?? (isTiff(head) ? 'image/tiff' : undefined)
}

function isTiff(head: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1')
  return start === 'II*\0' || start === 'MM\0*'
}
