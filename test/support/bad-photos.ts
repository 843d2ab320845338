import { Buffer } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { crc32, createDeflate, deflateSync } from 'node:zlib'
import type { ErrorCode } from '../../electron/shared/errors.ts'
import { Random } from '../../electron/shared/random.ts'
import { encoders, pictureBytes, type PictureFormat } from './small-photos.ts'

/** A messy folder as real ones are: many good photos with all kinds of names, and many other files. */
export interface Mess {
  readonly root: string
  /** Paths, as results name them, of files that hold a photo. */
  readonly good: readonly string[]
  /** Number of different contents among the good photos. */
  readonly distinct: number
  /** Files that must be reported, with the codes that fit. */
  readonly bad: ReadonlyMap<string, readonly ErrorCode[]>
  /** Bad files that are only unreadable to an ordinary user. */
  readonly unreadable: readonly string[]
  /** Files that must be ignored. */
  readonly ignored: readonly string[]
}

const formats = Object.keys(encoders) as PictureFormat[]

/** Names that break programs. `\udcXX` stands for a byte XX that is not valid UTF-8 (Python's surrogateescape). */
const oddNames = [
  'line\nbreak',
  'tab\there',
  'quo"te',
  "apo'strophe",
  'back\\slash',
  '$(touch owned)',
  '100%',
  '-rf',
  '--json',
  ' leading and trailing ',
  'smile 😀',
  'family 👨‍👩‍👧',
  'Zoë',
  'Zoe\u0308',
  '日本語の写真',
  'صورة',
  'star*?[x]',
  'semi;colon & more',
  'ctrl\u0001\u001b[31m',
  'two..dots',
  `long ${'x'.repeat(230)}`,
  ...(process.platform === 'linux'
    ? [
        'latin\udce9',
        '\udcff\udcfe',
        'half \udcc3',
        'cut \udce2\udc82',
        'encoded surrogate \udced\udcb0\udc80',
      ]
    : []),
]

/** The path as bytes for the file system. */
export function toBytes(path: string): Buffer {
  const parts = path.split(/([\udc80-\udcff])(?<![\ud800-\udbff].)/u)
  return Buffer.concat(
    parts.map((part, i) => (i % 2 === 1 ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part))),
  )
}

/**
 * Makes the folder. The same seed gives the same files.
 * @param photos number of good photos, at least a hundred
 */
export async function makeMess(root: string, photos: number, seed = 1): Promise<Mess> {
  const random = new Random(seed)
  const good: string[] = []
  const folders = await makeFolders(root, random)

  const add = async (path: string, bytes: Buffer): Promise<void> => {
    await writeFile(toBytes(path), bytes)
    good.push(path)
  }
  for (let i = 0; i < photos; i++) {
    const format = i % 4 === 0 ? random.pick(formats) : 'jpg'
    const odd = i < oddNames.length * 2 ? oddNames[i % oddNames.length]! : undefined
    const folder =
      i < oddNames.length ? root : i < oddNames.length * 2 ? folders.at(-1)! : random.pick(folders)
    await add(join(folder, nameOf(odd, i, format, random)), await pictureBytes(`${seed}/${i}`, format))
  }
  const distinct = good.length

  const copies = join(root, 'copies')
  await mkdir(copies)
  for (let i = 0; i < 10; i++) {
    const copy = join(copies, `copy ${i}.jpg`)
    await copyFile(toBytes(good[i * 7]!), copy)
    good.push(copy)
  }
  for (let i = 0; i < 3; i++) {
    const link = join(copies, `link ${i}.jpg`)
    await symlink(toBytes(good[i * 11]!), link)
    good.push(link)
  }

  const { bad, unreadable } = await addBad(root, random)
  const ignored = await addIgnored(root)
  return { root, good, distinct, bad, unreadable, ignored }
}

async function makeFolders(root: string, random: Random): Promise<string[]> {
  const folders = [root]
  const names = ['2019', 'Ferien', 'a b', 'deep', "o'neill", 'emoji 🌻', 'new\nline', 'x']
  if (process.platform === 'linux') names.push('bytes \udcff\udcc0')
  for (const name of names) {
    const folder = join(random.pick(folders), name)
    await mkdir(toBytes(folder), { recursive: true })
    folders.push(folder)
  }
  let deep = root
  for (let i = 0; i < 25; i++) deep = join(deep, `level ${i}`)
  await mkdir(deep, { recursive: true })
  return [...folders, deep]
}

/** Most photos have the ending of their format; some have a wrong one or none. */
function nameOf(odd: string | undefined, i: number, format: PictureFormat, random: Random): string {
  const stem = odd ?? `IMG_${String(i).padStart(4, '0')}`
  if (odd !== undefined) return `${stem}.${format}`
  if (i % 50 === 49) return stem
  if (i % 50 === 48) return `${stem}.${random.pick(['png', 'gif', 'jpg', 'txt', 'dat', 'heic'])}`
  return `${stem}.${i % 3 === 0 ? format.toUpperCase() : format}`
}

type BadFile = readonly [name: string, codes: readonly ErrorCode[], bytes: Buffer]

async function addBad(
  root: string,
  random: Random,
): Promise<{ bad: Map<string, readonly ErrorCode[]>; unreadable: string[] }> {
  const folder = join(root, 'bad')
  await mkdir(folder)
  const bad = new Map<string, readonly ErrorCode[]>()
  const files = [
    ...(await cutShort()),
    ...notImages(),
    ...(await tooMuch()),
    ...unsupported(),
    ...damaged(random),
  ]
  for (const [name, codes, bytes] of files) {
    const path = join(folder, name)
    await writeFile(toBytes(path), bytes)
    bad.set(path, codes)
  }

  const link = async (name: string, target: string, code: ErrorCode): Promise<void> => {
    const path = join(folder, name)
    await symlink(target, path)
    bad.set(path, [code])
  }
  await link('dangling 1.jpg', join(root, 'not there.jpg'), 'broken-link')
  await link('dangling 2.jpg', '../not there.jpg', 'broken-link')
  await link('dangling without ending', 'nowhere', 'broken-link')
  await link('itself.jpg', 'itself.jpg', 'link-loop')
  await link('one.jpg', 'other.jpg', 'link-loop')
  await link('other.jpg', 'one.jpg', 'link-loop')
  await link('up', '..', 'link-loop')
  await link('here', '.', 'link-loop')

  const unreadable: string[] = []
  for (let i = 0; i < 3; i++) {
    const path = join(folder, `secret ${i}.jpg`)
    await writeFile(path, await pictureBytes(`secret ${i}`))
    unreadable.push(path)
  }
  const locked = join(folder, 'locked')
  await mkdir(locked)
  await writeFile(join(locked, 'inside.jpg'), await pictureBytes('inside'))
  unreadable.push(locked)
  for (const path of unreadable) {
    await chmod(path, 0o000)
    bad.set(path, ['permission-denied'])
  }
  return { bad, unreadable }
}

/** Photos that are cut off, so that too little of them is left. */
async function cutShort(): Promise<BadFile[]> {
  const sizes = { small: [90, 90], tall: [90, 390], wide: [390, 90], large: [900, 700] } as const
  const files: BadFile[] = []
  for (const format of ['jpg', 'png', 'webp'] as const)
    for (const [name, [width, height]] of Object.entries(sizes)) {
      const whole = await pictureBytes(`cut ${name}`, format, { width, height, shape: 'dots' })
      // Of a JPEG and a PNG, what is there would be shown: only the first pixels are.
      const first = format === 'jpg' ? whole.indexOf(Buffer.of(0xff, 0xda)) + 14 : whole.indexOf('IDAT') + 10
      const bytes = whole.subarray(0, format === 'webp' ? Math.floor(whole.length / 2) : first)
      const codes: ErrorCode[] = format === 'jpg' ? ['truncated-image'] : ['truncated-image', 'damaged-image']
      files.push([`cut ${name}.${format}`, codes, bytes])
    }
  const jpeg = await pictureBytes('cut header')
  files.push([
    'only the header \udcff.jpg'.replace('\udcff', process.platform === 'linux' ? '\udcff' : ''),
    damagedSomehow,
    jpeg.subarray(0, 200),
  ])
  files.push(['only the magic\nnumber.jpg', damagedSomehow, jpeg.subarray(0, 3)])
  files.push(['cut.gif', damagedSomehow, (await pictureBytes('cut', 'gif')).subarray(0, 810)])
  files.push(['cut.tif', damagedSomehow, (await pictureBytes('cut', 'tif')).subarray(0, -500)])
  const avif = await pictureBytes('cut', 'avif')
  files.push(['cut.avif', damagedSomehow, avif.subarray(0, Math.floor(avif.length * 0.7))])
  return files
}

const damagedSomehow: readonly ErrorCode[] = ['truncated-image', 'damaged-image', 'not-an-image']

/** Files with the name of an image that are none. */
function notImages(): BadFile[] {
  const text = Buffer.from('This is a shopping list: milk, bread, batteries.\n'.repeat(20))
  const zip = Buffer.concat([Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'), Buffer.alloc(400)])
  return [
    ...['jpg', 'png', 'webp', 'gif', 'tif', 'avif'].map(
      ending => [`empty.${ending}`, ['empty-file'], Buffer.alloc(0)] as const,
    ),
    ['list.jpg', ['not-an-image'], text],
    ['list.png', ['not-an-image'], text],
    ['one byte.jpg', ['not-an-image'], Buffer.from('x')],
    ['letter.jpg', ['not-an-image'], Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n')],
    ['archive.jpg', ['not-an-image'], zip],
    ['page.webp', ['not-an-image'], Buffer.from('<!doctype html><title>404</title><p>Not found</p>')],
    ['film.jpg', ['not-an-image'], mp4()],
    ['zeros.jpg', ['not-an-image'], Buffer.alloc(5000)],
  ]
}

/** Valid images that take too much memory or time. */
async function tooMuch(): Promise<BadFile[]> {
  const header = pngHeader(60_000, 60_000, 1)
  const rows = deflateSync(Buffer.alloc(7501 * 20))
  return [
    [
      'bomb.png',
      ['too-many-pixels'],
      Buffer.concat([header, chunk('IDAT', await zeroRows(60_000, 7501)), chunk('IEND')]),
    ],
    ['bomb without an end.png', ['too-many-pixels'], Buffer.concat([header, chunk('IDAT', rows)])],
    [
      'bomb of true colour.png',
      ['too-many-pixels'],
      Buffer.concat([pngHeader(60_000, 60_000, 8, 6), chunk('IDAT', rows)]),
    ],
    ['film.gif', ['too-many-frames'], longGif(5000)],
  ]
}

function unsupported(): BadFile[] {
  const heic = photoOfAPhone()
  const jpeg2000 = Buffer.from(
    '0000000c6a5020200d0a870a00000014667479706a703220000000006a703220' + '00'.repeat(40),
    'hex',
  )
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>',
  )
  return [
    ['scan.jp2', ['unsupported-format'], jpeg2000],
    ['scan.jpg', ['unsupported-format'], jpeg2000],
    ['phone.heic', damagedSomehow, heic],
    ['phone.jpg', damagedSomehow, heic],
    ['drawing.jpg', ['unsupported-format', 'not-an-image'], svg],
    [
      'icon.ico',
      ['unsupported-format'],
      Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0]), Buffer.alloc(200)]),
    ],
  ]
}

/** Files that begin like an image and continue with other data. */
function damaged(random: Random): BadFile[] {
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.int(0, 255)))
  const header = pngHeader(64, 64, 8, 2)
  const badCrc = chunk('IDAT', deflateSync(Buffer.alloc(64 * 193)))
  badCrc[badCrc.length - 1]! ^= 0xff
  const webp = Buffer.concat([Buffer.from('RIFF\x00\x04\x00\x00WEBPVP8 ', 'latin1'), noise(1000)])
  return [
    ['noise.jpg', damagedSomehow, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), noise(3000)])],
    ['noise.png', damagedSomehow, Buffer.concat([header, chunk('IDAT', noise(3000)), chunk('IEND')])],
    ['wrong sum.png', damagedSomehow, Buffer.concat([header, badCrc, chunk('IEND')])],
    ['noise.webp', damagedSomehow, webp],
    ['cut.mp4', damagedSomehow, mp4()],
    ['noise.gif', damagedSomehow, Buffer.concat([Buffer.from('GIF89a'), noise(400)])],
    ['no size.png', damagedSomehow, Buffer.concat([pngHeader(0, 0, 8, 2), chunk('IEND')])],
    ['noise.tif', damagedSomehow, Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), noise(400)])],
  ]
}

async function addIgnored(root: string): Promise<string[]> {
  const folder = join(root, 'other things')
  await mkdir(folder)
  const files: [string, Buffer][] = [
    ['notes.txt', Buffer.from('not a photo\n')],
    ['empty.txt', Buffer.alloc(0)],
    ['clip', mp4()],
    ['letter.pdf', Buffer.from('%PDF-1.7\n%%EOF\n')],
    ['archive.zip', Buffer.concat([Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'), Buffer.alloc(400)])],
    ['no ending', Buffer.from('text without an ending')],
    ['.hidden.jpg', await pictureBytes('hidden')],
    ['Thumbs.db', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1')],
    ['song.mp3', Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\x21', 'latin1'), Buffer.alloc(200)])],
  ]
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
  return files.map(([name]) => join(folder, name))
}

/** Pipes and sockets, which block for ever when opened as files. Close the server at the end. */
export async function addPipeAndSocket(folder: string): Promise<Server> {
  await mkdir(folder)
  for (const name of ['pipe.jpg', 'pipe']) spawnSync('mkfifo', [join(folder, name)])
  await symlink('pipe.jpg', join(folder, 'link to pipe.jpg'))
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(join(folder, 'socket.jpg'), () => resolve(undefined))
  await promise
  return server
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(data.length)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}

function pngHeader(width: number, height: number, depth: number, colour = 0): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = depth
  header[9] = colour
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header)])
}

/** Rows of zeros, compressed as a stream so that they are never in memory at once. */
async function zeroRows(rows: number, bytesPerRow: number): Promise<Buffer> {
  const deflate = createDeflate({ level: 1 })
  const parts: Buffer[] = []
  deflate.on('data', (part: Buffer) => parts.push(part))
  const some = Buffer.alloc(bytesPerRow * 1000)
  for (let done = 0; done < rows; done += 1000) {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    deflate.write(some.subarray(0, Math.min(1000, rows - done) * bytesPerRow), () => resolve(undefined))
    await promise
  }
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  deflate.on('error', reject).on('end', () => resolve(undefined))
  deflate.end()
  await promise
  return Buffer.concat(parts)
}

/** A valid animation of single black pixels. */
function longGif(frames: number): Buffer {
  const screen = [16, 0, 16, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
  const control = [0x21, 0xf9, 4, 0, 5, 0, 0, 0]
  const frame = [...control, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]
  return Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from(screen),
    ...Array.from({ length: frames }, () => Buffer.from(frame)),
    Buffer.of(0x3b),
  ])
}

/** A HEIC file as phones write it, but with an empty picture. */
function photoOfAPhone(): Buffer {
  const box = (type: string, ...parts: Buffer[]): Buffer => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0))
    return Buffer.concat([size, Buffer.from(type), ...parts])
  }
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
  const text = (value: string): Buffer => Buffer.from(value, 'latin1')
  const data = Buffer.alloc(64)
  const type = box('ftyp', text('heic'), hex('00000000'), text('mif1heic'))
  const handler = box('hdlr', hex('00000000 00000000'), text('pict'), Buffer.alloc(13))
  const primary = box('pitm', hex('00000000 0001'))
  const items = box(
    'iinf',
    hex('00000000 0001'),
    box('infe', hex('02000000 0001 0000'), text('hvc1'), hex('00')),
  )
  const size = box('ispe', hex('00000000 00000280 000001e0'))
  const codec = box('hvcC', hex('01 01 60000000 900000000000 5a f000 fc fd f8 f8 0000 0f 00'))
  const properties = box(
    'iprp',
    box('ipco', size, codec),
    box('ipma', hex('00000000 00000001 0001 02 01 82')),
  )
  const place = (offset: number): Buffer => {
    const bytes = hex('00000000 4400 0001 0001 0000 0001 00000000 00000000')
    bytes.writeUInt32BE(offset, bytes.length - 8)
    bytes.writeUInt32BE(data.length, bytes.length - 4)
    return box('iloc', bytes)
  }
  const meta = (offset: number): Buffer =>
    box('meta', hex('00000000'), handler, primary, place(offset), items, properties)
  return Buffer.concat([type, meta(type.length + meta(0).length + 8), box('mdat', data)])
}

function mp4(): Buffer {
  const type = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isommp41', 'latin1')
  return Buffer.concat([type, Buffer.from('\0\0\0\x08free', 'latin1'), Buffer.alloc(500)])
}
