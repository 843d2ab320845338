import { extname } from 'node:path'
import type { FilePath } from '../../library/paths.ts'

/** An image format that Kindred reads. */
interface ImageFormat {
  /** As it is shown and stored. */
  readonly name: string
  /** What sharp calls it. */
  readonly codecs: readonly string[]
  /** What its first bytes tell (sniff.ts). */
  readonly contentTypes: readonly string[]
  /** Endings of file names, without the dot. */
  readonly endings: readonly string[]
}

const formats: readonly ImageFormat[] = [
  {
    name: 'JPEG',
    codecs: ['jpeg'],
    contentTypes: ['image/jpeg'],
    endings: ['jpg', 'jpeg', 'jpe', 'jfif'],
  },
  { name: 'PNG', codecs: ['png'], contentTypes: ['image/png', 'image/apng'], endings: ['png', 'apng'] },
  { name: 'WebP', codecs: ['webp'], contentTypes: ['image/webp'], endings: ['webp'] },
  { name: 'AVIF', codecs: ['heif', 'avif'], contentTypes: ['image/avif'], endings: ['avif', 'avifs'] },
  { name: 'TIFF', codecs: ['tiff'], contentTypes: ['image/tiff'], endings: ['tif', 'tiff'] },
  {
    name: 'HEIC',
    codecs: [],
    contentTypes: ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
    endings: ['heic', 'heif', 'hif', 'heics'],
  },
  { name: 'JPEG XL', codecs: [], contentTypes: ['image/jxl'], endings: ['jxl'] },
  { name: 'BMP', codecs: [], contentTypes: ['image/bmp'], endings: ['bmp', 'dib'] },
  { name: 'GIF', codecs: ['gif'], contentTypes: ['image/gif'], endings: ['gif'] },
]

/** RAW files, by what sniff.ts tells of some of them; others look like a TIFF. */
const rawContentTypes = [
  'image/x-nikon-nef',
  'image/x-sony-arw',
  'image/x-adobe-dng',
  'image/x-canon-cr2',
  'image/x-canon-cr3',
  'image/x-olympus-orf',
  'image/x-fujifilm-raf',
  'image/x-panasonic-rw2',
]
const rawEndings = [
  ...['nef', 'nrw', 'dng', 'arw', 'sr2', 'cr2', 'cr3', 'raf', 'rw2', 'rwl'],
  ...['orf', 'pef', 'iiq', 'srw', '3fr', 'erf', 'dcr', 'mef'],
]

/** What the reader of RAW files calls them (decoders/raw.ts). */
const rawNames = new Set([
  ...['NEF', 'ARW', 'PEF', 'SRW', 'IIQ', 'CR2', 'CR3', 'ORF', 'RW2', 'RWL'],
  ...['RAF', 'DNG', '3FR', 'ERF', 'DCR', 'MEF', 'RAW'],
])

/** Endings of images that Kindred cannot read: such a file is reported as a failure, not passed over. */
const unreadableEndings = ['jp2', 'psd', 'ico']

const names = new Map(formats.flatMap(({ name, codecs }) => codecs.map(codec => [codec, name] as const)))
const contentTypes = new Set([...formats.flatMap(format => format.contentTypes), ...rawContentTypes])
const endings = new Set([...formats.flatMap(format => format.endings), ...rawEndings, ...unreadableEndings])

/** The format's name by sharp's name for it; undefined where Kindred does not read it. */
export const formatName = (codec: string): string | undefined => names.get(codec)

/** Whether Kindred reads images of this content type, such as `image/jpeg`. */
export const isReadable = (contentType: string): boolean => contentTypes.has(contentType)

/** Whether a format, by its name, is a camera's RAW format. */
export const isRaw = (format: string): boolean => rawNames.has(format)

/** Whether the name promises a photo: then a file that holds none is a failure, otherwise it is passed over. */
export const looksLikePhoto = (path: FilePath): boolean => endings.has(extname(path).slice(1).toLowerCase())
