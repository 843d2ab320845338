import { copyFile, link, rename, stat, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../../electron/shared/random.ts'

/** The folders and files that a program has made and goes on changing. */
export class PhotoTree {
  readonly #random: Random
  /** Never renamed or deleted. */
  readonly #fixed: ReadonlySet<string>
  readonly #folders: string[]
  readonly #files: string[] = []
  /** Files that somebody is still writing, by a number. */
  readonly #growing = new Map<number, string>()
  #away: { readonly folders: string[]; readonly files: string[] } | undefined
  #made = 0

  constructor(random: Random, folders: readonly string[]) {
    this.#random = random
    this.#fixed = new Set(folders)
    this.#folders = [...folders]
  }

  get folderCount(): number {
    return this.#folders.length
  }

  nextNumber(): number {
    return this.#made++
  }

  newPath(): string {
    return join(this.#random.pick(this.#folders), `${this.nextNumber()}.jpg`)
  }

  anyFolder(): string {
    return this.#random.pick(this.#folders)
  }

  /** One that may be renamed or deleted; undefined where there is none. */
  looseFolder(): string | undefined {
    const loose = this.#folders.filter(folder => !this.#fixed.has(folder))
    return loose.length > 0 ? this.#random.pick(loose) : undefined
  }

  addFolders(...folders: string[]): void {
    this.#folders.push(...folders)
  }

  /** Takes a file out of the list; undefined where it is empty. */
  takeFile(): string | undefined {
    if (this.#files.length === 0) return undefined
    return this.#files.splice(this.#random.int(0, this.#files.length - 1), 1)[0]
  }

  addFiles(...files: string[]): void {
    this.#files.push(...files)
  }

  /** Returns what is to be called when the file is whole. */
  growing(path: string): () => void {
    const number = this.nextNumber()
    this.#growing.set(number, path)
    return () => {
      const now = this.#growing.get(number)
      this.#growing.delete(number)
      if (now !== undefined) this.#files.push(now)
    }
  }

  /** Whether somebody writes a file in the folder. */
  isWritten(folder: string): boolean {
    return [...this.#growing.values()].some(path => isBelow(path, folder))
  }

  /** A folder has another path now. */
  respell(from: string, to: string): void {
    const spelled = (path: string): string => (isBelow(path, from) ? to + path.slice(from.length) : path)
    for (const list of [this.#folders, this.#files]) list.splice(0, Infinity, ...list.map(spelled))
    for (const [number, path] of this.#growing) this.#growing.set(number, spelled(path))
  }

  /** A folder is gone with all in it. */
  forget(folder: string): void {
    this.#takeBelow(folder)
    for (const [number, path] of this.#growing) if (isBelow(path, folder)) this.#growing.delete(number)
  }

  /** What is on a drive cannot be changed until {@link back}. */
  awayIs(place: string): void {
    this.#away = this.#takeBelow(place)
  }

  back(): void {
    this.#folders.push(...(this.#away?.folders ?? []))
    this.#files.push(...(this.#away?.files ?? []))
    this.#away = undefined
  }

  #takeBelow(folder: string): { folders: string[]; files: string[] } {
    const take = (list: string[]): string[] => {
      const taken = list.filter(path => isBelow(path, folder))
      list.splice(0, Infinity, ...list.filter(path => !isBelow(path, folder)))
      return taken
    }
    return { folders: take(this.#folders), files: take(this.#files) }
  }
}

export const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`)

/** Moves a file; to another drive as `mv` does, with its time of change. */
export async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!isOfTwoDrives(error)) throw error
    const { atime, mtime } = await stat(from)
    await copyFile(from, to)
    await utimes(to, atime, mtime)
    await unlink(from)
  }
}

/** Gives a file a second name; on another drive it becomes a copy. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!isOfTwoDrives(error)) throw error
    await copyFile(from, to)
  }
}

const isOfTwoDrives = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EXDEV'
