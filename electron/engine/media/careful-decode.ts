/** @file Decoding within the memory there is: light images in this process, a few at once; others in one of their own. */
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import * as plain from './decode.ts'
import type { Crop, DecodedPhoto, NetworkPixels } from './decode.ts'
import type { Raster } from './decoders/filler.ts'
import { openImage } from './decoders/open-image.ts'
import type { OpenedImage } from './decoders/opened-image.ts'
import { decodeIsolated, type IsolatedWork } from './isolated-decoder.ts'
import { lightMemory } from './light-memory.ts'

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
export async function decodeLight<T>(bytes: Buffer, decode: (opened: OpenedImage) => Promise<T>): Promise<T> {
  const opened = await openImage(bytes)
  const { memory } = opened
  const light = lightMemory()
  if (memory + bytes.length > light) throw new HeavyImage(memory)
  inFlight ??= new WeightedSemaphore(2 * light)
  return inFlight.run(memory, () => decode(opened))
}

/** As `decodePhoto` of decode.ts. */
export const decodePhoto = (bytes: Buffer, networkSize: number): Promise<DecodedPhoto> =>
  anywhere(bytes, opened => plain.decodePhoto(bytes, networkSize, opened), {
    kind: 'photo',
    networkSize,
  }).then(revived)

/** As `decodeForNetwork` of decode.ts. */
export const decodeForNetwork = (bytes: Buffer, networkSize: number, crop?: Crop): Promise<NetworkPixels> =>
  anywhere(bytes, opened => plain.decodeForNetwork(bytes, networkSize, crop, opened), {
    kind: 'network',
    networkSize,
    crop,
  })

/** As `renderImage` of decode.ts. */
export const renderImage = async (bytes: Buffer, size: number): Promise<Buffer> =>
  Buffer.from(
    await anywhere(bytes, opened => plain.renderImage(bytes, size, opened), { kind: 'render', size }),
  )

/** As `renderPixels` of decode.ts. */
export async function renderPixels(bytes: Buffer, size: number): Promise<Raster> {
  const raster = await anywhere(bytes, opened => plain.renderPixels(bytes, size, opened), {
    kind: 'pixels',
    size,
  })
  const { buffer, byteOffset, length } = raster.data
  return { ...raster, data: Buffer.from(buffer, byteOffset, length) }
}

/** Buffers that have come from another process are plain arrays. */
export const revived = (photo: DecodedPhoto): DecodedPhoto => ({
  ...photo,
  thumbnail: Buffer.from(photo.thumbnail),
  perceptualHash: Buffer.from(photo.perceptualHash),
})

async function anywhere<T>(
  bytes: Buffer,
  decode: (opened: OpenedImage) => Promise<T>,
  work: IsolatedWork,
): Promise<T> {
  try {
    return await decodeLight(bytes, decode)
  } catch (error) {
    if (!(error instanceof HeavyImage)) throw error
    return (await decodeIsolated({ bytes }, error.memory, work)) as T
  }
}
