/** @file The networks of a library: their files, their cards, and the runtimes that run them. */
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { KindredError } from '../../shared/errors.ts'
import type { BackboneId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { readRegularFile } from '../runtime/regular-file.ts'
import { replaceFile } from '../runtime/replace-file.ts'
import { asStorageError } from '../runtime/storage-error.ts'
import { LARGEST_NETWORK } from './external/network-file.ts'
import type { Embedder } from './network/embedder.ts'
import { parseNetworkCard, type BundledModel, type Network, type NetworkCard } from './network/model-card.ts'
import { OnnxEmbedder } from './runtimes/onnx-embedder.ts'
import type { Runtimes } from './runtimes/runtimes.ts'

/**
 * The networks (backbones) of a library: the bundled one, and those that were trained from it or imported, which lie in
 * the library as `models/<SHA-256>.onnx`. Each has its card in the catalog.
 */
export class Backbones {
  readonly #catalog: Catalog
  readonly #bundled: BundledModel
  readonly #folder: string
  readonly #runtimes: Runtimes | undefined
  /** Files whose hash was checked in this process: reading all of a large one takes a while. */
  readonly #verified = new Set<string>()
  readonly #embedders = new Map<BackboneId, Embedder>()
  /** Files begun by `add`: two at once get names of their own, and the remains of a killed one are overwritten. */
  #begun = 0

  /** @param runtimes chooses the runtime of each network; absent: all run on the CPU */
  constructor(catalog: Catalog, bundled: BundledModel, folder: string, runtimes?: Runtimes) {
    this.#catalog = catalog
    this.#bundled = bundled
    this.#folder = folder
    this.#runtimes = runtimes
  }

  /** @throws KindredError `network-lost` where its file is absent or damaged */
  file(backbone: BackboneId): string {
    const sha256 = this.#catalog.models.backboneHash(backbone)
    if (sha256 === this.#bundled.card.sha256) return this.#bundled.file
    const file = join(this.#folder, `${sha256}.onnx`)
    if (this.#verified.has(file) && existsSync(file)) return file
    let bytes: Buffer
    try {
      bytes = readRegularFile(file, LARGEST_NETWORK)
    } catch (error) {
      throw new KindredError('network-lost', `The network ${file} is not there.`, { cause: error })
    }
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new KindredError('network-lost', `The network ${file} is damaged.`)
    this.#verified.add(file)
    return file
  }

  card(backbone: BackboneId): NetworkCard {
    const text = this.#catalog.models.backboneCard(backbone)
    if (text === undefined) throw new KindredError('network-lost', 'The library has no such network.')
    return parseNetworkCard('of the catalog', text)
  }

  /** @throws KindredError `model-invalid` */
  network(backbone: BackboneId): Network {
    return { card: this.card(backbone), file: this.file(backbone) }
  }

  /** Returns the network in its runtime, which is started at its first use. */
  embedder(backbone: BackboneId): Embedder {
    const known = this.#embedders.get(backbone)
    if (known) return known
    const network = this.network(backbone)
    const embedder = this.#runtimes?.embedder(network) ?? new OnnxEmbedder(network)
    this.#embedders.set(backbone, embedder)
    return embedder
  }

  /**
   * Adds a network to the library: first its file, hashed on the way, synced and renamed, then its row in the catalog.
   * @param onnx the bytes of the file
   * @throws KindredError `library-unwritable`, `disk-full`
   */
  async add(
    name: string,
    onnx: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    { input, output }: Pick<NetworkCard, 'input' | 'output'>,
    now: number,
  ): Promise<BackboneId> {
    const hash = createHash('sha256')
    const hashed = async function* (): AsyncGenerator<Uint8Array> {
      for await (const part of onnx) {
        hash.update(part)
        yield part
      }
    }
    const incoming = join(this.#folder, `incoming-${this.#begun++}.tmp`)
    let sha256 = ''
    try {
      await mkdir(this.#folder, { recursive: true })
      await replaceFile(
        () => join(this.#folder, `${sha256}.onnx`),
        incoming,
        async () => {
          await pipeline(hashed, createWriteStream(incoming, { flush: true }))
          sha256 = hash.digest('hex')
        },
      )
    } catch (error) {
      throw asStorageError(error, 'The network')
    }
    const card = JSON.stringify({ name, file: `${sha256}.onnx`, sha256, input, output })
    return this.#catalog.models.ensureBackbone(name, sha256, card, now)
  }

  async close(): Promise<void> {
    for (const embedder of this.#embedders.values()) await embedder.close()
  }
}
