import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs a program of the system. */
export const system = (program: string, ...parameters: string[]): string =>
  execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Why file systems cannot be mounted here; undefined where they can. */
export function whyNotMounted(mount: (folder: string) => { remove(): void }): string | undefined {
  if (process.platform !== 'linux') return 'it mounts file systems as Linux does'
  if (process.getuid?.() !== 0) return 'only root can mount file systems'
  const folder = mkdtempSync(join(tmpdir(), 'kindred-mount-'))
  try {
    mount(folder).remove()
    return undefined
  } catch (error) {
    return `file systems cannot be mounted here (${String(error).split('\n')[0]})`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unmount(folder: string): void {
  system('umount', folder)
}

/** An ext4 file system in a file, as on a disk of its own. */
export class DiskImage {
  /** Where its files are. */
  readonly mounted: string
  readonly #file: string
  readonly #device: string

  /** @param folder for the image and its mount point */
  static make(folder: string, megabytes: number): DiskImage {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'disk.img')
    system('truncate', '-s', `${megabytes}M`, file)
    system('mkfs.ext4', '-q', file)
    return new DiskImage(file)
  }

  private constructor(file: string) {
    this.#file = file
    this.mounted = `${file}.mounted`
    mkdirSync(this.mounted, { recursive: true })
    system('mount', '-o', 'loop', file, this.mounted)
    const line = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find(text => text.split(' ')[1] === this.mounted)!
    this.#device = line.split(' ')[0]!.slice('/dev/'.length)
  }

  /** Brings everything onto the disk. */
  sync(): void {
    system('sync', '-f', this.mounted)
  }

  /**
   * The disk as it would be found after a loss of power now: a copy of what has been written to the device, mounted, so
   * that the journal is replayed. What the system still keeps in memory is not in it. Whatever writes should stand still.
   */
  afterPowerCut(): DiskImage {
    const copy = `${this.#file}.cut`
    let written: string
    do {
      written = this.#written()
      system('cp', '--sparse=always', this.#file, copy)
      // The system itself may write at any time; half of that would be no moment that there was.
    } while (written !== this.#written())
    return new DiskImage(copy)
  }

  /** Writes so far, and whether some are under way. */
  #written(): string {
    const fields = readFileSync(`/sys/block/${this.#device}/stat`, 'utf8').trim().split(/\s+/)
    return `${fields[4]} ${fields[6]} ${fields[8]}`
  }

  remove(): void {
    unmount(this.mounted)
    rmSync(this.#file)
  }
}

/** A small file system in memory that can be filled. */
export class SmallDisk {
  readonly mounted: string
  readonly #ballast: string

  constructor(folder: string, megabytes: number) {
    this.mounted = join(folder, 'small-disk')
    this.#ballast = join(this.mounted, 'ballast')
    mkdirSync(this.mounted, { recursive: true })
    system('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.mounted)
  }

  /** Fills it, but for so many bytes. */
  fill(left: number): void {
    const { bavail, bsize } = statfsSync(this.mounted)
    const handle = openSync(this.#ballast, 'a')
    try {
      const block = Buffer.alloc(bsize)
      for (let free = bavail * bsize - left; free >= bsize; free -= bsize) writeSync(handle, block)
    } catch (error) {
      // Another has taken the last bytes.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(handle)
    }
  }

  /** Gives the space back. */
  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  remove(): void {
    unmount(this.mounted)
  }
}
