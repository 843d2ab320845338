/** @file The port to a network that embeds photos, whichever runtime runs it. */
import type { NetworkPixels } from '../../media/decode.ts'

/** Photos in one call. More did not make a CPU faster (docs/performance.md). */
export const BATCH_SIZE = 16

/** A backbone in a runtime. All runtimes return the same features for the same pixels, but for rounding. */
export interface Embedder {
  /** The name of the runtime, such as `onnxruntime-cpu`. */
  readonly runtime: string
  readonly featureLength: number
  /** Edge of the square input, in pixels. */
  readonly inputSize: number
  /**
   * @param photos pixels of the input size
   * @returns features, one row of `featureLength` for each photo
   * @throws KindredError `runtime-failed`
   */
  features(photos: readonly NetworkPixels[]): Promise<Float32Array>
  close(): Promise<void>
}
