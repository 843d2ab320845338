import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The least that electron-builder takes for an unpacked Electron: a file of its name with a fuse wire (the marker by
 * which fuses are found, version, length, one digit for each), and a locale. Lets packaging be tried without a download.
 */
export function writeFakeElectron(folder: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true })
  const wire = [
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, 9]),
    Buffer.from('101100010'),
  ]
  const binary = join(folder, 'electron')
  writeFileSync(binary, Buffer.concat(wire))
  chmodSync(binary, 0o755)
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '')
}
