import { mkdirSync, rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { mountPoints } from '../../../electron/engine/media/drive.ts'
import { system, whyNotMounted } from './mounts.ts'

/** Attempts to pull a drive out, and milliseconds between two: it is busy while somebody reads a file of it. */
const [ATTEMPTS, PAUSE] = [100, 50]

/** A drive that is plugged in and pulled out again: an ext4 file system in a file. */
export class RemovableDrive {
  /** Where it is mounted: an empty folder while it is away. */
  readonly place: string
  readonly image: string

  /** Makes an empty one. */
  static format(image: string, place: string, megabytes: number): RemovableDrive {
    system('truncate', '-s', `${megabytes}M`, image)
    system('mkfs.ext4', '-q', image)
    mkdirSync(place, { recursive: true })
    return new RemovableDrive(image, place)
  }

  constructor(image: string, place: string) {
    this.image = image
    this.place = place
  }

  get isAttached(): boolean {
    return mountPoints().includes(this.place)
  }

  attach(): void {
    if (!this.isAttached) system('mount', '-o', 'loop', this.image, this.place)
  }

  async detach(): Promise<void> {
    for (let attempt = 1; this.isAttached; attempt++)
      try {
        system('umount', this.place)
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await wait(PAUSE)
      }
  }
}

/** Why drives cannot be plugged in here; undefined where they can. */
export const whyNoDrives = (): string | undefined =>
  whyNotMounted(folder => {
    const image = `${folder}/drive.img`
    system('truncate', '-s', '16M', image)
    system('mkfs.ext4', '-q', image)
    const drive = new RemovableDrive(image, `${folder}/drive`)
    mkdirSync(drive.place)
    drive.attach()
    return {
      remove() {
        system('umount', drive.place)
        rmSync(image)
      },
    }
  })
