import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The package that holds exiftool is another one on Windows, with a Perl in it. */
const packages = [
  { name: 'exiftool-vendored.pl', program: 'bin/exiftool', library: 'bin/lib' },
  { name: 'exiftool-vendored.exe', program: 'bin/exiftool.exe', library: 'bin/exiftool_files/lib' },
] as const

/** Paths of exiftool and of the files that come with it. */
export interface VendoredExiftool {
  /** A Perl script, or a program of Windows. */
  readonly program: string
  /** Cities of the world with their countries and time zones. */
  readonly geolocation: string
}

let found: VendoredExiftool | null | undefined

/** Where exiftool was installed; undefined where it was not. */
export function vendoredExiftool(): VendoredExiftool | undefined {
  if (found === undefined) found = find() ?? null
  return found ?? undefined
}

function find(): VendoredExiftool | undefined {
  const { resolve } = createRequire(import.meta.url)
  for (const { name, program, library } of packages)
    try {
      const folder = dirname(resolve(`${name}/package.json`))
      const exiftool = join(folder, ...program.split('/'))
      const geolocation = join(folder, ...library.split('/'), 'Image', 'ExifTool', 'Geolocation.dat')
      if (existsSync(exiftool)) return { program: exiftool, geolocation }
    } catch {
      // This system has the other package.
    }
  return undefined
}
