/** What a single file may cost. Beyond it a file is refused with a code instead of taking the machine down. */
export const limits = {
  /** Bytes read into memory for one photo. */
  fileBytes: 512 * 2 ** 20,
  /** Pixels of a photo, all its frames' canvas once: 500 megapixels is beyond any camera, and a scan of a wall map. */
  pixels: 500_000_000,
  /** More frames than this make a film. Only the first is decoded, but a codec walks them all to open the file. */
  frames: 1000,
  /** Seconds of decoding. */
  seconds: 60,
} as const
