/** @file Blocks of metadata made by code, well formed or not, and files that hold them. */
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** A tag of EXIF: its number, its type as TIFF counts them, its bytes in little-endian order, and how many values. */
export interface Tag {
  readonly tag: number
  readonly type: number
  readonly bytes: Buffer
  readonly count?: number
}

const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

export const ascii = (tag: number, text: string, type = 2): Tag => ({
  tag,
  type,
  bytes: Buffer.from(`${text}\0`, 'latin1'),
})

export const short = (tag: number, ...values: number[]): Tag => ({
  tag,
  type: 3,
  bytes: Buffer.concat(
    values.map(value => {
      const bytes = Buffer.alloc(2)
      bytes.writeUInt16LE(value)
      return bytes
    }),
  ),
})

/** @param values numerators and denominators in turn */
export const rational = (tag: number, ...values: number[]): Tag => ({
  tag,
  type: 5,
  bytes: Buffer.concat(
    values.map(value => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(value)
      return bytes
    }),
  ),
})

/** Tags by the directory that holds them. */
export interface Directories {
  readonly image?: readonly Tag[]
  readonly photo?: readonly Tag[]
  readonly gps?: readonly Tag[]
}

/** A little-endian block, without the `Exif` before it. */
export function exifBlock({ image = [], photo = [], gps = [] }: Directories): Buffer {
  const pointers = [
    ...(photo.length > 0 ? [{ tag: 0x8769, tags: photo }] : []),
    ...(gps.length > 0 ? [{ tag: 0x8825, tags: gps }] : []),
  ]
  const imageAt = 8
  let at = imageAt + sizeOf([...image, ...pointers.map(({ tag }) => pointer(tag, 0))])
  const below: Buffer[] = []
  const found = pointers.map(({ tag, tags }) => {
    const start = at
    below.push(directory(tags, start))
    at += sizeOf(tags)
    return pointer(tag, start)
  })
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1')
  return Buffer.concat([head, directory([...image, ...found], imageAt), ...below])
}

function pointer(tag: number, to: number): Tag {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(to)
  return { tag, type: 4, bytes }
}

const sizeOf = (tags: readonly Tag[]): number =>
  6 + 12 * tags.length + tags.reduce((sum, { bytes }) => sum + (bytes.length > 4 ? bytes.length : 0), 0)

function directory(tags: readonly Tag[], start: number): Buffer {
  const entries = Buffer.alloc(6 + 12 * tags.length)
  entries.writeUInt16LE(tags.length)
  const values: Buffer[] = []
  let at = start + entries.length
  for (const [n, { tag, type, bytes, count }] of tags.entries()) {
    const entry = 2 + 12 * n
    entries.writeUInt16LE(tag, entry)
    entries.writeUInt16LE(type, entry + 2)
    entries.writeUInt32LE(count ?? bytes.length / SIZES[type]!, entry + 4)
    if (bytes.length <= 4) bytes.copy(entries, entry + 8)
    else {
      entries.writeUInt32LE(at, entry + 8)
      values.push(bytes)
      at += bytes.length
    }
  }
  return Buffer.concat([entries, ...values])
}

const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
let jpeg: Promise<Buffer> | undefined
let png: Promise<Buffer> | undefined

/** A small JPEG with these segments: the second byte of the marker, and what the segment holds. */
export async function jpegWith(
  ...segments: readonly (readonly [kind: number, body: Buffer])[]
): Promise<Buffer> {
  const plain = await (jpeg ??= picture.clone().jpeg().toBuffer())
  const parts = segments.map(([kind, body]) => {
    const head = Buffer.from([0xff, kind, 0, 0])
    head.writeUInt16BE(body.length + 2, 2)
    return Buffer.concat([head, body])
  })
  return Buffer.concat([plain.subarray(0, 2), ...parts, plain.subarray(2)])
}

export const exifSegment = (directories: Directories): readonly [number, Buffer] => [
  0xe1,
  Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifBlock(directories)]),
]

export const xmpSegment = (packet: string): readonly [number, Buffer] => [
  0xe1,
  Buffer.from(`http://ns.adobe.com/xap/1.0/\0${packet}`),
]

/** @param sets number and value of each data set */
export const iptcSegment = (...sets: readonly (readonly [number, string])[]): readonly [number, Buffer] => [
  0xed,
  Buffer.concat([Buffer.from('Photoshop 3.0\0', 'latin1'), iptcResource(...sets)]),
]

function iptcResource(...sets: readonly (readonly [number, string])[]): Buffer {
  const data = Buffer.concat(
    sets.map(([number, text]) => {
      const value = Buffer.from(text)
      const head = Buffer.from([0x1c, 2, number, 0, 0])
      head.writeUInt16BE(value.length, 3)
      return Buffer.concat([head, value])
    }),
  )
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  return Buffer.concat([Buffer.from('8BIM\x04\x04\0\0', 'latin1'), size, data, Buffer.alloc(data.length % 2)])
}

/** A small PNG with these chunks before its picture. */
export async function pngWith(
  ...chunks: readonly (readonly [type: string, data: Buffer])[]
): Promise<Buffer> {
  const plain = await (png ??= picture.clone().png().toBuffer())
  const afterHeader = 33
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    size.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([size, body, check])
  })
  return Buffer.concat([plain.subarray(0, afterHeader), ...parts, plain.subarray(afterHeader)])
}

export const textChunk = (keyword: string, text: string): readonly [string, Buffer] => [
  'tEXt',
  Buffer.from(`${keyword}\0${text}`, 'latin1'),
]

/** A profile as ImageMagick writes it, compressed. */
export function profileChunk(kind: string, profile: Buffer): readonly [string, Buffer] {
  const digits = profile.toString('hex').replace(/.{72}/g, '$&\n')
  const text = `\n${kind}\n${String(profile.length).padStart(8)}\n${digits}\n`
  return ['zTXt', Buffer.concat([Buffer.from(`Raw profile type ${kind}\0\0`, 'latin1'), deflateSync(text)])]
}

/** A packet with these properties as attributes, and these elements. */
export function xmpPacket(attributes: Readonly<Record<string, string>>, elements = ''): string {
  const list = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`)
  const namespaces = Object.entries({
    rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
    xmp: 'http://ns.adobe.com/xap/1.0/',
    dc: 'http://purl.org/dc/elements/1.1/',
    exif: 'http://ns.adobe.com/exif/1.0/',
    aux: 'http://ns.adobe.com/exif/1.0/aux/',
    photoshop: 'http://ns.adobe.com/photoshop/1.0/',
    lr: 'http://ns.adobe.com/lightroom/1.0/',
  }).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${namespaces.join(' ')}>
<rdf:Description rdf:about="" ${list.join(' ')}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
}

export const xmpArray = (name: string, kind: 'Bag' | 'Seq' | 'Alt', ...items: string[]): string =>
  `<${name}><rdf:${kind}>${items.map(item => `<rdf:li>${item}</rdf:li>`).join('')}</rdf:${kind}></${name}>`
