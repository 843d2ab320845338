/** @file What people wrote about a photo: title, caption, keywords and rating. */
import type { PhotoMetadata } from '../../library/rows.ts'
import { numbersOf, textOf, type ExifBlock, type ExifValue } from './exif.ts'
import type { Iptc } from './iptc.ts'
import { firstOf, type MetadataSources } from './sources.ts'
import { readText, readUtf16 } from './text.ts'
import type { Xmp } from './xmp.ts'

/** Keywords that are kept of a photo, and characters of each. */
const KEYWORDS = 1000
const KEYWORD_LENGTH = 256

type Words = Pick<PhotoMetadata, 'title' | 'caption' | 'keywords' | 'keywordPaths' | 'rating'>

const exifTags = { description: 0x010e, rating: 0x4746, ratingPercent: 0x4749, userComment: 0x9286 } as const
/** Windows' own, in UTF-16. */
const windowsTags = { title: 0x9c9b, comment: 0x9c9c, keywords: 0x9c9e } as const
/** Data sets of the application record (IIM 4.2). */
const iptcSets = { title: 5, keywords: 25, caption: 120 } as const

/** Texts that cameras and programs write into every photo. */
const BOILERPLATE =
  /^(olympus digital camera|sony dsc|samsung( (digital )?camera)?|dcim|default|minolta digital camera|kodak digital still camera|konica minolta digital camera|digital camera|exif_jpeg_picture|jpeg|charset=ascii|ascii|binary comment|created with gimp.*|screenshot|lead technologies.*|file source.*)$/i

/** Reads what the sources say; what they do not say is undefined. */
export function wordsOf({ exif, xmp, iptc, texts }: MetadataSources): {
  readonly [K in keyof Words]: Words[K] | undefined
} {
  const iptcText = (number: number): string | undefined => firstOf(iptc, sets => iptcTexts(sets, number)[0])
  const windows = (tag: number): string | undefined =>
    firstOf(exif, ({ image }) => windowsText(image.get(tag)))
  const written = (text: string | undefined): string | undefined =>
    text === undefined || BOILERPLATE.test(text) ? undefined : text
  const xmpWords = firstOf(xmp, packet => (hasWords(packet) ? wordsOfXmp(packet) : undefined)) ?? {}
  const fromWindows = windows(windowsTags.keywords)?.split(';') ?? []
  return {
    title:
      xmpWords.title ?? iptcText(iptcSets.title) ?? windows(windowsTags.title) ?? written(texts.get('title')),
    caption:
      written(xmpWords.caption) ??
      iptcText(iptcSets.caption) ??
      firstOf(exif, ({ image }) => written(textOf(image.get(exifTags.description)))) ??
      windows(windowsTags.comment) ??
      firstOf(exif, ({ photo }) => written(userComment(photo.get(exifTags.userComment)))) ??
      written(texts.get('description')),
    keywords: keywordList([
      ...(xmpWords.keywords ?? []),
      ...iptc.flatMap(sets => iptcTexts(sets, iptcSets.keywords)),
      ...fromWindows,
    ]),
    keywordPaths: xmpWords.keywordPaths,
    rating: xmpWords.rating ?? firstOf(exif, exifRating),
  }
}

/** The words of one XMP packet. */
export function wordsOfXmp(packet: Xmp): { readonly [K in keyof Words]: Words[K] | undefined } {
  const paths = [
    ...(packet.get('lr:hierarchicalSubject') ?? []),
    ...(packet.get('digiKam:TagsList') ?? []).map(path => path.replaceAll('/', '|')),
  ]
  const flat = packet.get('dc:subject') ?? paths.map(path => path.split('|').at(-1)!)
  return {
    title: packet.get('dc:title')?.[0] ?? packet.get('photoshop:Headline')?.[0],
    caption: packet.get('dc:description')?.[0],
    keywords: keywordList(flat),
    keywordPaths: keywordList(paths.filter(path => path.includes('|'))),
    rating: stars(packet.get('xmp:Rating')?.[0]) ?? starsOfPercent(packet.get('MicrosoftPhoto:Rating')?.[0]),
  }
}

const wordProperties = [
  'dc:title',
  'dc:description',
  'dc:subject',
  'xmp:Rating',
  'photoshop:Headline',
  'lr:hierarchicalSubject',
  'digiKam:TagsList',
  'MicrosoftPhoto:Rating',
]
const hasWords = (packet: Xmp): boolean => wordProperties.some(name => packet.has(name))

/** Each keyword once, in the order in which they were written. */
function keywordList(words: readonly string[]): readonly string[] | undefined {
  const list = new Set<string>()
  for (const word of words) {
    const trimmed = word.trim().slice(0, KEYWORD_LENGTH)
    if (trimmed && list.size < KEYWORDS) list.add(trimmed)
  }
  return list.size > 0 ? [...list] : undefined
}

function exifRating({ image }: ExifBlock): number | undefined {
  const [value] = numbersOf(image.get(exifTags.rating))
  const [percent] = numbersOf(image.get(exifTags.ratingPercent))
  return stars(value?.toString()) ?? starsOfPercent(percent?.toString())
}

/** Whole stars, 0 to 5; Adobe's −1 for what is rejected has none. */
function stars(text: string | undefined): number | undefined {
  const value = text === undefined ? NaN : Number(text)
  return value >= -1 && value <= 5 ? Math.max(0, Math.round(value)) : undefined
}

/** Windows writes 1, 25, 50, 75 and 99 for one to five stars. */
function starsOfPercent(text: string | undefined): number | undefined {
  const value = text === undefined ? NaN : Number(text)
  if (!(value >= 0 && value <= 100)) return undefined
  return value === 0 ? 0 : Math.min(5, 1 + Math.round(value / 25))
}

const iptcTexts = (sets: Iptc, number: number): string[] =>
  (sets.get(number) ?? []).flatMap(value => readText(value) ?? [])

const windowsText = (value: ExifValue | undefined): string | undefined => value && readUtf16(value.bytes)

/** Eight bytes name the character code (EXIF 2.32, UserComment). */
function userComment(value: ExifValue | undefined): string | undefined {
  if (!value) return undefined
  const [code, text] = [value.bytes.toString('latin1', 0, 8), value.bytes.subarray(8)]
  if (code.startsWith('UNICODE')) return readUtf16(text, value.littleEndian)
  const end = text.indexOf(0)
  return code.startsWith('ASCII') || code.startsWith('\0')
    ? readText(end < 0 ? text : text.subarray(0, end))
    : undefined
}
