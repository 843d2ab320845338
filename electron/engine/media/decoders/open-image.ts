/** @file Which decoder reads a file: decided by its content, never by its name. */
import { isBmp } from '../formats/bmp-header.ts'
import { brandsOf } from '../formats/boxes.ts'
import { isJpegXl } from '../formats/jpeg-xl-header.ts'
import { openBmp } from './bmp.ts'
import { openHeic } from './heic.ts'
import { openJpegXl } from './jpeg-xl.ts'
import { openWithLibvips, readMetadata } from './libvips.ts'
import type { OpenedImage } from './opened-image.ts'
import { openRaw, readRaw } from './raw.ts'

/**
 * Opens an image: reads its header and checks what that claims, before anything is decoded.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function openImage(bytes: Buffer): Promise<OpenedImage> {
  const raw = readRaw(bytes)
  if (raw) return openRaw(bytes, raw)
  if (isJpegXl(bytes)) return openJpegXl(bytes)
  if (isBmp(bytes)) return openBmp(bytes)
  const readable = asStill(bytes)
  const metadata = await readMetadata(readable)
  if (metadata.format === 'heif' && metadata.compression === 'hevc') return openHeic(readable, metadata)
  return openWithLibvips(readable, metadata)
}

/** An animation has a still picture besides, which libvips opens only by the brand of stills. */
function asStill(bytes: Buffer): Buffer {
  const [own, ...others] = brandsOf(bytes)
  if (own !== 'avis' || !others.includes('avif')) return bytes
  const still = Buffer.from(bytes)
  still.write('avif', 8, 'latin1')
  return still
}
