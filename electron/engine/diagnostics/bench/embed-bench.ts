import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmbedBench } from '../../../shared/results.ts'
import { readModel, bundledModelCard } from '../../vision/network/model-card.ts'
import { candidatesFor } from '../../vision/runtimes/candidates.ts'
import { compareRuntimes, BENCHMARK_PHOTOS } from '../../vision/runtimes/runtime-benchmark.ts'
import { decodeForNetwork, type NetworkPixels } from '../../media/decode.ts'
import { strideSample } from '../../../shared/stride-sample.ts'

const WASM = 'tfjs-wasm'

/**
 * The bundled network in each runtime that starts on this machine, on the same photos.
 * @param photos a folder of them
 */
export async function benchEmbedding(photos: string, resourcesDir: string): Promise<EmbedBench[]> {
  const network = readModel(bundledModelCard(resourcesDir))
  const pixels = await decodeSome(photos, network.card.input.size)
  const rows = await compareRuntimes(network, pixels, { candidates: candidatesFor(process.platform) })
  const wasm = rows.find(({ runtime }) => runtime === WASM)?.photosPerSecond
  return rows.flatMap(({ runtime, photosPerSecond, lowestCosine, chosen }) =>
    photosPerSecond === null || lowestCosine === null
      ? []
      : [{ runtime, photosPerSecond, lowestCosine, chosen, timesWasm: wasm ? photosPerSecond / wasm : null }],
  )
}

async function decodeSome(folder: string, size: number): Promise<NetworkPixels[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const decode = async (file: string): Promise<NetworkPixels> => decodeForNetwork(await readFile(file), size)
  return Promise.all(strideSample(files.sort(), BENCHMARK_PHOTOS).map(decode))
}
