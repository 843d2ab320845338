/** @file How a photo was taken: camera, lens and exposure. */
import type { PhotoMetadata } from '../../library/rows.ts'
import { numbersOf, textOf, type ExifBlock } from './exif.ts'
import { firstOf, type MetadataSources } from './sources.ts'

type CameraFacts = Pick<
  PhotoMetadata,
  | 'camera'
  | 'lens'
  | 'exposureSeconds'
  | 'aperture'
  | 'iso'
  | 'focalLength'
  | 'focalLength35'
  | 'flash'
  | 'orientation'
  | 'software'
>

/** Tags of EXIF 2.32. */
const tags = {
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  software: 0x0131,
  exposureTime: 0x829a,
  fNumber: 0x829d,
  sensitivity: 0x8827,
  standardOutputSensitivity: 0x8831,
  recommendedExposureIndex: 0x8832,
  shutterSpeedValue: 0x9201,
  apertureValue: 0x9202,
  flash: 0x9209,
  focalLength: 0x920a,
  focalLength35: 0xa405,
  lensSpecification: 0xa432,
  lensModel: 0xa434,
} as const

/** The sensitivity that means "more than 65,535": other tags hold it then. */
const SENSITIVITY_OVERFLOW = 65_535

/** Reads what the sources say; what they do not say is undefined. */
export function cameraFactsOf({ exif, xmp, texts }: MetadataSources): {
  readonly [K in keyof CameraFacts]: CameraFacts[K] | undefined
} {
  const text = (...keys: (keyof typeof tags)[]): string | undefined =>
    firstOf(keys, key => firstOf(exif, block => known(textOf(valueOf(block, tags[key])))))
  const number = (key: keyof typeof tags): number | undefined =>
    firstOf(exif, block => positive(numbersOf(valueOf(block, tags[key]))[0]))
  const property = (...names: string[]): string | undefined =>
    firstOf(names, name => firstOf(xmp, packet => known(packet.get(name)?.[0])))
  const fraction = (...names: string[]): number | undefined => positive(readFraction(property(...names)))

  return {
    camera: cameraName(text('make') ?? property('tiff:Make'), text('model') ?? property('tiff:Model')),
    lens:
      text('lensModel') ??
      property('exifEX:LensModel', 'aux:Lens') ??
      firstOf(exif, block => lensName(numbersOf(valueOf(block, tags.lensSpecification)))),
    exposureSeconds: number('exposureTime') ?? shutterSeconds(exif) ?? fraction('exif:ExposureTime'),
    aperture: number('fNumber') ?? apexAperture(exif) ?? fraction('exif:FNumber'),
    iso: sensitivity(number) ?? fraction('exif:ISOSpeedRatings', 'exifEX:PhotographicSensitivity'),
    focalLength: number('focalLength') ?? fraction('exif:FocalLength'),
    focalLength35: number('focalLength35') ?? fraction('exif:FocalLengthIn35mmFilm'),
    flash: firstOf(exif, block => fired(numbersOf(valueOf(block, tags.flash))[0])),
    orientation: firstOf(exif, block => orientation(numbersOf(block.image.get(tags.orientation))[0])),
    software: text('software') ?? property('xmp:CreatorTool') ?? known(texts.get('software')),
  }
}

const valueOf = ({ image, photo }: ExifBlock, tag: number): ReturnType<ExifBlock['image']['get']> =>
  photo.get(tag) ?? image.get(tag)

/** Cameras fill what they do not know with dashes, or with the word. */
const known = (text: string | undefined): string | undefined =>
  text === undefined || /^(-+|unknown|none|n\/a|0\.0 mm f\/0\.0)$/i.test(text) ? undefined : text

/** Maker and model in one, without the maker where the model begins with it. */
export function cameraName(make: string | undefined, model: string | undefined): string | undefined {
  if (make === undefined || model === undefined) return make ?? model
  const [first = ''] = make.toLowerCase().split(/[\s,]/)
  return first !== '' && model.toLowerCase().startsWith(first) ? model : `${make} ${model}`
}

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined

function readFraction(text: string | undefined): number | undefined {
  const found = /^([\d.]+)(?:\/([\d.]+))?$/.exec(text ?? '')
  return found ? Number(found[1]) / Number(found[2] ?? 1) : undefined
}

/** APEX values are powers of two (EXIF 2.32, annex C). */
function shutterSeconds(exif: readonly ExifBlock[]): number | undefined {
  return firstOf(exif, block => {
    const [value] = numbersOf(valueOf(block, tags.shutterSpeedValue))
    return value !== undefined && Math.abs(value) < 32 ? 2 ** -value : undefined
  })
}

function apexAperture(exif: readonly ExifBlock[]): number | undefined {
  return firstOf(exif, block => {
    const [value] = numbersOf(valueOf(block, tags.apertureValue))
    return value !== undefined && value > 0 && value < 32 ? 2 ** (value / 2) : undefined
  })
}

function sensitivity(number: (key: keyof typeof tags) => number | undefined): number | undefined {
  const iso = number('sensitivity')
  const further = number('recommendedExposureIndex') ?? number('standardOutputSensitivity')
  return iso === undefined || iso === SENSITIVITY_OVERFLOW ? (further ?? iso) : iso
}

/** The lowest bit says whether it fired (EXIF 2.32, Flash). */
const fired = (value: number | undefined): boolean | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : (value & 1) === 1

const orientation = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 1 && value <= 8 ? value : undefined

/** Shortest and longest focal length, and the smallest f-numbers at both; what is not known is 0/0. */
function lensName([shortest = NaN, longest = NaN, wide = NaN, tele = NaN]: readonly number[]):
  string | undefined {
  if (!(shortest > 0)) return undefined
  const range = (from: number, to: number): string =>
    to > from ? `${rounded(from)}–${rounded(to)}` : rounded(from)
  const stop = wide > 0 ? ` f/${range(wide, tele)}` : ''
  return `${range(shortest, longest)} mm${stop}`
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10)
