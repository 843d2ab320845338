import { chown, mkdir } from 'node:fs/promises'
import { kindred } from './cli.ts'

/** Root can read everything. To test permissions as root, the command line runs as the user `nobody`. */
const NOBODY = 65_534

export type Reader =
  | { readonly kind: 'self' }
  | { readonly kind: 'nobody'; readonly uid: number }
  /** Permissions cannot be tested here. */
  | { readonly kind: 'none'; readonly reason: string }

export async function userWithoutRights(): Promise<Reader> {
  if (process.getuid === undefined) return { kind: 'none', reason: 'this system has no POSIX permissions' }
  if (process.getuid() !== 0) return { kind: 'self' }
  const run = await kindred(['--help'], { uid: NOBODY }).catch(() => undefined)
  if (run?.status === 0) return { kind: 'nobody', uid: NOBODY }
  return { kind: 'none', reason: 'root reads everything, and no other user can run this checkout' }
}

/** Makes a folder that this user may write. */
export async function makeFolderFor(reader: Reader, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if (reader.kind === 'nobody') await chown(folder, reader.uid, reader.uid)
}

export const asReader = (reader: Reader): { uid?: number } =>
  reader.kind === 'nobody' ? { uid: reader.uid } : {}
