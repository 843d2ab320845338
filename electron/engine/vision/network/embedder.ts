import type { NetworkPixels } from '../../media/decode.ts'

/** How many photos go through the network at once. More did not make a CPU faster (docs/performance.md). */
export const BATCH_SIZE = 16

/** A runtime that can run a backbone. All runtimes answer the same features for the same pixels. */
export interface Embedder {
  /** Such as `onnxruntime-cpu`. */
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
