import { inflateSync } from 'node:zlib'
import type { MetadataBlocks } from './blocks.ts'
import { readText } from './text.ts'

/** Chunks that are looked at, and texts that are kept. */
const CHUNKS = 1_000_000
const TEXTS = 500
/** Bytes that a compressed text may grow to. */
const INFLATED = 4 * 2 ** 20

const XMP_KEYWORD = 'XML:com.adobe.xmp'
const PROFILE_PREFIX = 'Raw profile type '

/** A text with its keyword; its bytes may be a profile. */
interface Text {
  readonly keyword: string
  readonly bytes: Buffer
}

/** The blocks in the chunks of a PNG (PNG specification, 3rd edition, 11.3.3; ImageMagick's profiles in texts). */
export function pngBlocks(file: Buffer): Partial<MetadataBlocks> {
  const [exif, xmp, iptc]: Buffer[][] = [[], [], []]
  const texts: [string, string][] = []
  let kept = 0
  for (const { type, data } of chunks(file)) {
    if (type === 'eXIf') exif!.unshift(data)
    const text = kept < TEXTS ? readChunk(type, data) : undefined
    if (!text) continue
    kept++
    const { keyword, bytes } = text
    if (keyword === XMP_KEYWORD) xmp!.push(bytes)
    else if (keyword.startsWith(PROFILE_PREFIX)) {
      const [kind, profile] = [keyword.slice(PROFILE_PREFIX.length).toLowerCase(), readProfile(bytes)]
      if (!profile) continue
      if (kind === 'xmp') xmp!.push(profile)
      else if (kind === 'iptc' || kind === '8bim') iptc!.push(profile)
      else if (kind === 'exif' || kind === 'app1') (isXmp(profile) ? xmp! : exif!).push(profile)
    } else {
      const value = readText(bytes)
      if (value !== undefined) texts.push([keyword, value])
    }
  }
  return { exif: exif!, xmp: xmp!, iptc: iptc!, texts }
}

function* chunks(file: Buffer): Generator<{ type: string; data: Buffer }> {
  let at = 8
  for (let n = 0; n < CHUNKS && at + 12 <= file.length; n++) {
    const [size, type] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)]
    if (type === 'IEND') return
    const end = at + 8 + size
    if (end > file.length) return
    if (type !== 'IDAT') yield { type, data: file.subarray(at + 8, end) }
    at = end + 4
  }
}

function readChunk(type: string, data: Buffer): Text | undefined {
  if (type !== 'tEXt' && type !== 'zTXt' && type !== 'iTXt') return undefined
  const end = data.indexOf(0)
  if (end < 1 || end > 79) return undefined
  const keyword = data.toString('latin1', 0, end)
  const rest = data.subarray(end + 1)
  const bytes = type === 'tEXt' ? rest : type === 'zTXt' ? inflated(rest.subarray(1)) : international(rest)
  return bytes && { keyword, bytes }
}

/** iTXt: a flag, a method, the language and the keyword in it, both ended by a NUL, then the text. */
function international(rest: Buffer): Buffer | undefined {
  const language = rest.indexOf(0, 2)
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1)
  if (translated < 0) return undefined
  const text = rest.subarray(translated + 1)
  return rest[0] === 1 ? inflated(text) : text
}

function inflated(bytes: Buffer): Buffer | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: INFLATED })
  } catch {
    return undefined
  }
}

/** ImageMagick's form: a line with the kind, one with the number of bytes, then these in hexadecimal digits. */
function readProfile(bytes: Buffer): Buffer | undefined {
  const found = /^\s*[\w ]{1,32}\n\s*(\d{1,8})\s/.exec(bytes.toString('latin1', 0, 80))
  if (!found) return undefined
  const digits = bytes.toString('latin1', found[0].length).replace(/\s+/g, '')
  return Buffer.from(digits, 'hex').subarray(0, Number(found[1]))
}

const isXmp = (profile: Buffer): boolean => profile.toString('latin1', 0, 4).startsWith('http')
