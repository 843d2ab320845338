/** Limits for a single file. A file beyond one is refused with a code instead of exhausting the machine. */
export const limits = {
  /** Bytes read into memory for one photo. */
  fileBytes: 512 * 2 ** 20,
  /** Pixels of one frame: 500 megapixels are beyond any camera, and a scan of a wall map. */
  pixels: 500_000_000,
  /** Frames. Only the first is decoded, but a codec walks them all to open the file. */
  frames: 1000,
  /** Seconds of decoding. */
  seconds: 60,
} as const
