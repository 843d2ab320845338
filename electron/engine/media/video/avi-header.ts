/** What the header of an AVI file tells. */
interface AviHeader {
  readonly durationSeconds: number | null
  readonly width: number | null
  readonly height: number | null
}

/** Where the first chunk of the first list stands in every AVI file. */
const MAIN_HEADER = 24
const none: AviHeader = { durationSeconds: null, width: null, height: null }

/**
 * Reads the main header of an AVI file (AVIMAINHEADER of Microsoft's "AVI RIFF File Reference").
 * @param head the first bytes of the file
 */
export function readAviHeader(head: Buffer): AviHeader {
  if (head.length < MAIN_HEADER + 48 || head.toString('latin1', MAIN_HEADER, MAIN_HEADER + 4) !== 'avih')
    return none
  const field = (n: number): number => head.readUInt32LE(MAIN_HEADER + 8 + 4 * n)
  const [microsecondsAFrame, frames, width, height] = [field(0), field(4), field(8), field(9)]
  const seconds = (microsecondsAFrame * frames) / 1e6
  return { durationSeconds: seconds || null, width: width || null, height: height || null }
}
