/** @file Photos that carry their film within, as phones write them. */
import { box, uint32 } from './boxes.ts'
import { heicBytes } from './heic-files.ts'
import { jpegWith, xmpSegment } from './metadata-blocks.ts'

const NAMESPACES = `xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:Container="http://ns.google.com/photos/1.0/container/"
  xmlns:Item="http://ns.google.com/photos/1.0/container/item/"`

const packet = (attributes: string, elements = ''): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${NAMESPACES}>
<rdf:Description rdf:about="" ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta>`

/** What an item of the directory says: its semantic, and its length in bytes. */
export type DirectoryItem = readonly [semantic: string, length: number]

/** A packet of Motion Photo format 1.0. @param asElements whether fields are elements rather than attributes */
export function directoryPacket(items: readonly DirectoryItem[], asElements = false): string {
  const list = items.map(([semantic, length]) => {
    const fields = { 'Item:Mime': 'video/mp4', 'Item:Semantic': semantic, 'Item:Length': String(length) }
    const entries = Object.entries(fields)
    const item = asElements
      ? `<Container:Item rdf:parseType="Resource">${entries.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</Container:Item>`
      : `<Container:Item ${entries.map(([name, value]) => `${name}="${value}"`).join(' ')}/>`
    return `<rdf:li rdf:parseType="Resource">${item}</rdf:li>`
  })
  const directory = `<Container:Directory><rdf:Seq>${list.join('\n')}</rdf:Seq></Container:Directory>`
  return packet('GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"', directory)
}

/** A packet of the format before that. @param offset of the film, from the end of the file */
export const microVideoPacket = (offset: number): string =>
  packet(`GCamera:MicroVideo="1" GCamera:MicroVideoVersion="1" GCamera:MicroVideoOffset="${offset}"`)

/** A small JPEG with a packet, and bytes behind its end. */
export const jpegBefore = async (xmp: string | undefined, ...behind: readonly Buffer[]): Promise<Buffer> =>
  Buffer.concat([await jpegWith(...(xmp === undefined ? [] : [xmpSegment(xmp)])), ...behind])

/** Samsung's trailer: blocks by their names, and their directory. */
export function samsungTrailer(...blocks: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const written = blocks.map(([name, content]) => {
    const head = Buffer.from([0, 0, 0x30, 0x0a, 0, 0, 0, 0])
    head.writeUInt32LE(name.length, 4)
    return Buffer.concat([head, Buffer.from(name), content])
  })
  let before = written.reduce((sum, { length }) => sum + length, 0)
  const entries = written.map(({ length }) => {
    const entry = Buffer.from([0, 0, 0x30, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0])
    entry.writeUInt32LE(before, 4)
    entry.writeUInt32LE(length, 8)
    before -= length
    return entry
  })
  const head = Buffer.from('SEFH\x6b\0\0\0\0\0\0\0', 'latin1')
  head.writeUInt32LE(blocks.length, 8)
  const directory = Buffer.concat([head, ...entries])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(directory.length)
  return Buffer.concat([...written, directory, size, Buffer.from('SEFT')])
}

/** The data of a block that only says where the film is. */
export const filmPlace = (start: number, length: number): Buffer =>
  Buffer.concat([Buffer.from('mpv2'), uint32(start, length)])

/** A HEIC with the film in a box. */
export const heicWithFilm = (film: Buffer): Buffer => heicBytes({ after: box('mpvd', film) })
