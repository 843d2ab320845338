import { KindredError } from '../../../shared/errors.ts'
import { isCutOff } from './cut-off.ts'
import { isExoticTiff } from './exotic-tiff.ts'
import { isReadable } from './image-formats.ts'
import { sniff, SNIFF_BYTES } from './sniff.ts'

/**
 * Why an image could not be decoded. Judged by its bytes: libvips collects the messages of all its threads in one
 * place, so the message of one file may be about another.
 */
export async function explainDecodeError(error: unknown, bytes: Buffer): Promise<KindredError> {
  const reason = error instanceof Error ? error.message : String(error)
  const type = await sniff(bytes.subarray(0, SNIFF_BYTES))
  const fail = (code: KindredError['code'], message: string): KindredError =>
    new KindredError(code, message, { cause: error })
  // These two come from sharp itself and are about this very call.
  if (/^timeout/i.test(reason)) return fail('decode-timeout', 'Decoding this image took too long.')
  if (/exceeds pixel limit/i.test(reason))
    return fail('too-many-pixels', 'This image has more pixels than can be decoded safely.')
  if (!type) return fail('not-an-image', 'This file holds no image.')
  if (!type.startsWith('image/')) return fail('not-an-image', `This file holds no image but ${type}.`)
  if (!isReadable(type)) {
    const name = type.slice('image/'.length).toUpperCase()
    return fail('unsupported-format', `Kindred cannot read ${name} files yet.`)
  }
  if (type === 'image/tiff' && isExoticTiff(bytes))
    return fail('unsupported-format', 'This TIFF keeps its pixels in a form that Kindred cannot read.')
  if (isCutOff(bytes, type)) return fail('truncated-image', 'The end of this image is missing.')
  return fail('damaged-image', 'This image is damaged.')
}
