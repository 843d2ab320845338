/** @file Which decoder reads a file: decided by its content, never by its name. */
import { openWithLibvips } from './libvips.ts'
import type { OpenedImage } from './opened-image.ts'
import { openRaw, readRaw } from './raw.ts'

/**
 * Opens an image: reads its header and checks what that claims, before anything is decoded.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function openImage(bytes: Buffer): Promise<OpenedImage> {
  const raw = readRaw(bytes)
  if (raw) return openRaw(bytes, raw)
  return openWithLibvips(bytes)
}
