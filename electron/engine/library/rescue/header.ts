import { closeSync, ftruncateSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/**
 * Writes the first 100 bytes of a catalog as Kindred's own catalogs have them, so that damage there does not hide all the
 * rest. Numbers are big-endian; see sqlite.org/fileformat2.html#the_database_header.
 */
export function mendHeader(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    const { size } = fstatSync(handle)
    const pages = Math.floor(size / PAGE)
    if (pages === 0) return
    // A file that was cut off ends within a page.
    ftruncateSync(handle, pages * PAGE)
    const header = Buffer.alloc(100)
    readSync(handle, header, 0, 100, 0)
    header.write('SQLite format 3\0', 0, 'latin1')
    header.writeUInt16BE(PAGE, 16)
    // WAL for writing and reading; no reserved bytes; the three fractions that are fixed.
    header.set([2, 2, 0, 64, 32, 32], 18)
    header.writeUInt32BE(pages, 28)
    // No free pages: they would only be wanted for writing.
    header.writeUInt32BE(0, 32)
    header.writeUInt32BE(0, 36)
    header.writeUInt32BE(SCHEMA_FORMAT, 44)
    header.writeUInt32BE(0, 52)
    header.writeUInt32BE(UTF8, 56)
    header.writeUInt32BE(0, 64)
    header.fill(0, 72, 92)
    // The size above counts only where these two agree.
    header.copy(header, 92, 24, 28)
    writeSync(handle, header, 0, 100, 0)
  } finally {
    closeSync(handle)
  }
}

const PAGE = 4096
const SCHEMA_FORMAT = 4
const UTF8 = 1
