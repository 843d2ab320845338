/**
 * @file A bounded reader of XMP packets (ISO 16684-1): the simple properties and arrays at the top of them, and the items of
 * Google's directory of what a file holds. No entities but the five of XML and numbers are expanded, and nothing outside
 * the packet is read.
 */
import { clean } from './text.ts'

/** Characters of a packet that are read at most. */
const LONGEST = 4 * 2 ** 20
/** Elements at most. */
const ELEMENTS = 50_000
const DEPTH = 64
/** Values of one property at most. */
const VALUES = 1000

const namespaces: Readonly<Record<string, string>> = {
  'http://www.w3.org/1999/02/22-rdf-syntax-ns#': 'rdf',
  'http://ns.adobe.com/xap/1.0/': 'xmp',
  'http://purl.org/dc/elements/1.1/': 'dc',
  'http://ns.adobe.com/exif/1.0/': 'exif',
  'http://cipa.jp/exif/1.0/': 'exifEX',
  'http://ns.adobe.com/exif/1.0/aux/': 'aux',
  'http://ns.adobe.com/tiff/1.0/': 'tiff',
  'http://ns.adobe.com/photoshop/1.0/': 'photoshop',
  'http://ns.adobe.com/lightroom/1.0/': 'lr',
  'http://www.digikam.org/ns/1.0/': 'digiKam',
  'http://ns.microsoft.com/photo/1.0/': 'MicrosoftPhoto',
  'http://ns.microsoft.com/photo/1.0': 'MicrosoftPhoto',
  'http://ns.google.com/photos/1.0/camera/': 'GCamera',
  'http://ns.google.com/photos/1.0/container/': 'Container',
  'http://ns.google.com/photos/1.0/container/item/': 'Item',
}
const usualPrefixes = new Set(Object.values(namespaces))

/** Values of each property by its usual name, such as `dc:subject`; of a text in languages, the default one first. */
export type Xmp = ReadonlyMap<string, readonly string[]>

/** The name of a field of an item in the directory, such as `Item:Length`; the first item is 1. */
export const directoryField = (item: number, field: string): string => `Container:Directory[${item}]/${field}`

/** Reads a packet as far as it is well formed. */
export function readXmp(bytes: Uint8Array): Xmp {
  return new PacketReader(decode(bytes)).read()
}

function decode(bytes: Uint8Array): string {
  const [first = 0, second = 0] = bytes
  const part = bytes.subarray(0, LONGEST)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(part)
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(part)
  return new TextDecoder().decode(part)
}

class PacketReader {
  readonly #xml: string
  readonly #prefixes = new Map<string, string>()
  readonly #properties = new Map<string, string[]>()
  readonly #stack: string[] = []
  #text = ''
  #isDefault = false
  /** Items of the directory so far. */
  #items = 0

  constructor(xml: string) {
    this.#xml = xml
  }

  read(): Xmp {
    const xml = this.#xml
    let at = xml.indexOf('<')
    for (let n = 0; at >= 0 && n < ELEMENTS; n++) {
      const end = this.#readMarkup(at)
      if (end < 0) break
      const next = xml.indexOf('<', end)
      if (next < 0) break
      if (this.#property() !== undefined) this.#text += xml.slice(end, next)
      at = next
    }
    return this.#properties
  }

  /** @returns where it ends; −1 where it does not, or where reading on is of no use */
  #readMarkup(at: number): number {
    const xml = this.#xml
    if (xml.startsWith('<!--', at)) return after(xml, '-->', at)
    if (xml.startsWith('<?', at)) return after(xml, '?>', at)
    if (xml.startsWith('<![CDATA[', at)) {
      const end = after(xml, ']]>', at)
      if (end >= 0 && this.#property() !== undefined) this.#text += escaped(xml.slice(at + 9, end - 3))
      return end
    }
    // A document type could define entities; XMP has none.
    if (xml.startsWith('<!', at)) return -1
    const end = endOfTag(xml, at)
    if (end < 0) return -1
    if (xml[at + 1] === '/') this.#close()
    else if (!this.#open(xml.slice(at + 1, end - 1))) return -1
    return end
  }

  #open(tag: string): boolean {
    const [name = ''] = /^[^\s/]+/.exec(tag) ?? []
    const attributes = attributesOf(tag.slice(name.length))
    for (const [key, uri] of attributes)
      if (key.startsWith('xmlns:') && namespaces[uri]) this.#prefixes.set(key.slice(6), namespaces[uri])
    const usual = this.#usualName(name)
    this.#stack.push(usual)
    if (this.#stack.length > DEPTH) return false
    this.#text = ''
    this.#isDefault = attributes.some(([key, value]) => key === 'xml:lang' && value === 'x-default')
    if (usual === 'rdf:Description' && this.#stack.at(-2) === 'rdf:RDF')
      for (const [key, value] of attributes) this.#add(this.#usualName(key), value)
    if (usual === 'Container:Item') {
      this.#items++
      for (const [key, value] of attributes)
        this.#add(directoryField(this.#items, this.#usualName(key)), value)
    }
    const property = this.#property()
    if (property !== undefined)
      for (const [key, value] of attributes)
        if (this.#usualName(key) === 'rdf:resource') this.#add(property, value)
    if (tag.endsWith('/')) this.#close()
    return true
  }

  #close(): void {
    const property = this.#property()
    if (property !== undefined) this.#add(property, this.#text)
    this.#text = ''
    this.#stack.pop()
  }

  /** The property whose value the open element holds: it is the property itself, or an item of its array or directory. */
  #property(): string | undefined {
    const stack = this.#stack
    const at = stack.length - 1
    if (isProperty(stack, at)) return stack[at]
    if (stack[at - 1] === 'Container:Item') return directoryField(this.#items, stack[at]!)
    const isItem = stack[at] === 'rdf:li' && /^rdf:(Bag|Seq|Alt)$/.test(stack[at - 1] ?? '')
    return isItem && isProperty(stack, at - 2) ? stack[at - 2] : undefined
  }

  #add(name: string, raw: string): void {
    const value = clean(unescaped(raw))
    if (value === undefined || !/^\w+:/.test(name) || name.startsWith('xmlns:')) return
    const values = this.#properties.get(name) ?? []
    if (values.length === 0) this.#properties.set(name, values)
    if (values.length >= VALUES) return
    if (this.#isDefault && this.#stack.at(-1) === 'rdf:li') values.unshift(value)
    else values.push(value)
  }

  /** The name with its usual prefix; a prefix that is declared for something unknown makes no name of ours. */
  #usualName(name: string): string {
    const [prefix = '', local] = name.split(':', 2)
    if (local === undefined || prefix === 'xmlns' || prefix === 'xml') return name
    const usual = this.#prefixes.get(prefix) ?? (usualPrefixes.has(prefix) ? prefix : '')
    return `${usual}:${local}`
  }
}

const isProperty = (stack: readonly string[], at: number): boolean =>
  stack[at - 1] === 'rdf:Description' && stack[at - 2] === 'rdf:RDF'

function after(xml: string, end: string, from: number): number {
  const at = xml.indexOf(end, from)
  return at < 0 ? -1 : at + end.length
}

/** The character after the tag: a `>` within quotes does not end it. */
function endOfTag(xml: string, from: number): number {
  let quote = ''
  for (let at = from + 1; at < xml.length; at++) {
    const character = xml[at]!
    if (quote) {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at + 1
    else if (character === '<') return -1
  }
  return -1
}

/** Names and values, in one pass: an expression would try a long run of letters from each of them. */
function attributesOf(text: string): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = []
  for (let equals = text.indexOf('='); equals >= 0;) {
    const [name] = /[\w.:-]{1,100}$/.exec(text.slice(Math.max(0, equals - 120), equals).trimEnd()) ?? []
    const [space, quote] = /^\s*(["'])/.exec(text.slice(equals + 1, equals + 20)) ?? []
    if (name === undefined || space === undefined || quote === undefined) return found
    const from = equals + 1 + space.length
    const end = text.indexOf(quote, from)
    if (end < 0) return found
    found.push([name, text.slice(from, end)])
    equals = text.indexOf('=', end)
  }
  return found
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, ...found) => {
    const [decimal, hexadecimal, name] = found as (string | undefined)[]
    if (name) return entities[name.toLowerCase()]!
    const code = decimal ? Number(decimal) : parseInt(hexadecimal!, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;')
