/**
 * @file The journal's file: a line of text for each change, `<CRC-32 of the JSON, 8 hexadecimal digits> <JSON>`. A line that
 * a kill or a full disk cut off, or that the disk has damaged, is recognised by its checksum and left out.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import { crc32 } from 'node:zlib'
import { replaceFileSync, syncFolderOfSync } from '../../runtime/replace-file.ts'
import type { Said, SaidEntry } from '../catalog/said.ts'

/** One line: a change, or a part of all that had been said before a moment. */
export interface JournalLine extends SaidEntry {
  /** Present in a summary: which of how many parts this is, from 1. */
  readonly part?: readonly [number, number]
}

/** Rows in one line of a summary. */
const ROWS_A_LINE = 1000
/** Bytes read from the end to find the last line; doubled until one is found. */
const TAIL = 2 ** 16

const HEADER =
  '# What was said of the photos of this library, a change in each line, the newest last. Kindred restores labels from it.\n'

const encode = (line: JournalLine): string => {
  const json = JSON.stringify(line)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

function decode(text: string): JournalLine | undefined {
  const json = text.slice(9)
  if (text.length < 10 || text[8] !== ' ' || crc32(json) !== Number.parseInt(text.slice(0, 8), 16))
    return undefined
  return JSON.parse(json) as JournalLine
}

/** Adds lines and waits until they are on the disk. */
export class JournalWriter {
  readonly #handle: number
  /** Whether what was written last ends with a line break. */
  #endsWithBreak: boolean
  #bytes: number

  constructor(file: string) {
    const isNew = !existsSync(file)
    this.#handle = openSync(file, 'a+', 0o600)
    this.#bytes = fstatSync(this.#handle).size
    this.#endsWithBreak = this.#bytes === 0 || byteBefore(this.#handle, this.#bytes) === 0x0a
    if (isNew) syncFolderOfSync(file)
  }

  /** Size of the file. */
  get bytes(): number {
    return this.#bytes
  }

  /** Throws when they could not be written or synced. */
  append(entries: readonly SaidEntry[]): void {
    if (entries.length === 0) return
    const text = (this.#endsWithBreak ? '' : '\n') + entries.map(encode).join('')
    this.#endsWithBreak = false
    const bytes = Buffer.from(text)
    // In one call: SQLite's lock lets only one process in here.
    for (let written = 0; written < bytes.length;) written += writeSync(this.#handle, bytes, written)
    fsyncSync(this.#handle)
    this.#endsWithBreak = true
    this.#bytes += bytes.length
  }

  close(): void {
    closeSync(this.#handle)
  }
}

/** Replaces the journal by a summary: everything that is so after the change with this number. */
export function writeSummary(file: string, { rows, paths }: Said, seq: number, now: number): void {
  const parts = Math.max(1, Math.ceil(rows.length / ROWS_A_LINE))
  const lines = Array.from({ length: parts }, (_, part): JournalLine => {
    const some = rows.slice(part * ROWS_A_LINE, (part + 1) * ROWS_A_LINE)
    const names = new Set(some.flatMap(({ key }) => Object.values(key).map(String)))
    return {
      seq,
      at: new Date(now).toISOString(),
      said: 'Everything until here',
      part: [part + 1, parts],
      rows: some,
      paths: Object.fromEntries(Object.entries(paths).filter(([name]) => names.has(name))),
    }
  })
  replaceFileSync(file, `${file}.unfinished`, unfinished => {
    const handle = openSync(unfinished, 'w', 0o600)
    try {
      writeSync(handle, HEADER)
      for (const line of lines) writeSync(handle, encode(line))
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  })
  syncFolderOfSync(file)
}

/** All lines that can be read. */
export function readLines(file: string): JournalLine[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(text => decode(text) ?? [])
}

/** The number of the last change, read from the end of the file; undefined where there is no line. */
export function lastSequence(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  const handle = openSync(file, 'r')
  try {
    const { size } = fstatSync(handle)
    for (let length = TAIL; ; length *= 2) {
      const from = Math.max(0, size - length)
      const tail = Buffer.alloc(size - from)
      readSync(handle, tail, 0, tail.length, from)
      const last = tail
        .toString('utf8')
        .split('\n')
        .slice(from === 0 ? 0 : 1)
        .findLast(text => decode(text))
      if (last !== undefined) return decode(last)!.seq
      if (from === 0) return undefined
    }
  } finally {
    closeSync(handle)
  }
}

function byteBefore(handle: number, end: number): number {
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, end - 1)
  return byte[0]!
}
