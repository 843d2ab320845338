import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync } from 'node:fs'

/** A drive with files that are there, and whose bytes never come: as a network drive whose server is gone. */
export interface StalledDrive {
  readonly folder: string
  /** Lets the bytes come: zeros. */
  recover(): void
  remove(): Promise<void>
}

/** Why no such drive can be made here; undefined where it can. */
export function noStalledDrive(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount one, on Linux'
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
    return undefined
  } catch {
    return 'this system has no FUSE'
  }
}

/** @param names of the files, of a megabyte each */
export async function mountStalledDrive(folder: string, names: readonly string[]): Promise<StalledDrive> {
  mkdirSync(folder, { recursive: true })
  const server: ChildProcess = fork(new URL('./workers/stalled-drive.mjs', import.meta.url), [
    folder,
    ...names,
  ])
  await once(server, 'message')
  return {
    folder,
    recover: () => void server.send('recover'),
    async remove() {
      const ended = once(server, 'exit')
      // All who wait for it get an error.
      server.kill('SIGKILL')
      await ended
      spawnSync('umount', ['-l', folder])
    },
  }
}
