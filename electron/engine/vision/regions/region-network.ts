import type { NetworkPixels } from '../../media/decode.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { Network } from '../network/model-card.ts'
import type { PlaceFeatures, RegionsApi } from './regions.worker.ts'

/** Milliseconds after the last call until the thread, and the network in it, are let go. */
const IDLE = 120_000

/** Says what a network sees at each place of a photo, in a thread that starts with the first question. */
export class RegionNetwork {
  #worker: WorkerClient<RegionsApi> | undefined
  #idle: NodeJS.Timeout | undefined

  /**
   * @param pixels of the network's input size
   * @throws KindredError `no-regions` where the network keeps nothing of the kind
   */
  async places({ file, card }: Network, pixels: NetworkPixels): Promise<PlaceFeatures> {
    if (!this.#worker?.alive) this.#worker = new WorkerClient(workerFile('regions', import.meta.url))
    clearTimeout(this.#idle)
    try {
      return await this.#worker.call('places', file, card, pixels.rgb)
    } finally {
      clearTimeout(this.#idle)
      this.#idle = setTimeout(() => void this.close(), IDLE).unref()
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle)
    await this.#worker?.close()
  }
}
