/** @file Decoding within the memory there is: light images in this process, a few at once; others in one of their own. */
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import * as plain from './decode.ts'
import type { Crop, DecodedPhoto, NetworkPixels } from './decode.ts'
import { decodeMemory, lightMemory } from './decode-memory.ts'
import { readMetadata, type ImageMetadata } from './image-metadata.ts'
import { decodeIsolated, type IsolatedWork } from './isolated-decoder.ts'

/** Light images decoded at once in each thread, by the memory that they take. */
let inFlight: WeightedSemaphore | undefined

/** An image that needs a process of its own. */
export class HeavyImage extends Error {
  /** Bytes that decoding it takes at most. */
  readonly memory: number

  constructor(memory: number) {
    super('This image needs a process of its own.')
    this.memory = memory
  }
}

/**
 * Decodes an image in this process.
 * @throws HeavyImage where it could take too much memory
 */
export async function decodeLight<T>(
  bytes: Buffer,
  decode: (metadata: ImageMetadata) => Promise<T>,
): Promise<T> {
  const metadata = await readMetadata(bytes)
  const memory = decodeMemory(metadata)
  const light = lightMemory()
  if (memory + bytes.length > light) throw new HeavyImage(memory)
  inFlight ??= new WeightedSemaphore(2 * light)
  return inFlight.run(memory, () => decode(metadata))
}

/** As `decodePhoto` of decode.ts. */
export const decodePhoto = (bytes: Buffer, networkSize: number): Promise<DecodedPhoto> =>
  anywhere(bytes, metadata => plain.decodePhoto(bytes, networkSize, metadata), {
    kind: 'photo',
    networkSize,
  }).then(revived)

/** As `decodeForNetwork` of decode.ts. */
export const decodeForNetwork = (bytes: Buffer, networkSize: number, crop?: Crop): Promise<NetworkPixels> =>
  anywhere(bytes, metadata => plain.decodeForNetwork(bytes, networkSize, crop, metadata), {
    kind: 'network',
    networkSize,
    crop,
  })

/** As `renderImage` of decode.ts. */
export const renderImage = async (bytes: Buffer, size: number): Promise<Buffer> =>
  Buffer.from(
    await anywhere(bytes, metadata => plain.renderImage(bytes, size, metadata), { kind: 'render', size }),
  )

/** Buffers that have come from another process are plain arrays. */
export const revived = (photo: DecodedPhoto): DecodedPhoto => ({
  ...photo,
  thumbnail: Buffer.from(photo.thumbnail),
  perceptualHash: Buffer.from(photo.perceptualHash),
})

async function anywhere<T>(
  bytes: Buffer,
  decode: (metadata: ImageMetadata) => Promise<T>,
  work: IsolatedWork,
): Promise<T> {
  try {
    return await decodeLight(bytes, decode)
  } catch (error) {
    if (!(error instanceof HeavyImage)) throw error
    return (await decodeIsolated({ bytes }, error.memory, work)) as T
  }
}
