import { statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { fsPath, isBelow, type FilePath } from '../../library/paths.ts'

/** Codes of the system when it watches no more folders: inotify(7), `max_user_watches` and `max_user_instances`. */
const limits = new Set(['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** On Linux recursive watching loses what happens in new folders; elsewhere the system itself watches recursively. */
const recursive = process.platform === 'darwin' || process.platform === 'win32'

interface Handle {
  readonly real: FilePath
  readonly identity: string
  readonly watcher: FSWatcher | undefined
}

/** The system's hints that something in a folder has changed. They say no more than which folder to compare. */
export class FolderHandles {
  readonly #handles = new Map<FilePath, Handle>()
  readonly #roots: ReadonlySet<FilePath>
  readonly #onHint: ((folder: FilePath) => void) | undefined
  /** Real paths of the folders that are known, each once. */
  readonly entered = new Set<FilePath>()
  #exhausted = false

  /**
   * @param onHint something directly in the folder has changed; absent where no hints come, such as from another machine:
   *   folders are only remembered then
   */
  constructor(roots: readonly FilePath[], onHint?: (folder: FilePath) => void) {
    this.#roots = new Set(roots)
    this.#onHint = onHint
  }

  /** Whether the system refused to watch one more folder. */
  get exhausted(): boolean {
    return this.#exhausted
  }

  has(folder: FilePath): boolean {
    return this.#handles.has(folder)
  }

  /** Whether it is the folder that was found under this path, not another one that took its place. */
  isSame(folder: FilePath): boolean {
    return this.#handles.get(folder)?.identity === identityOf(folder)
  }

  /** Whether another folder than the one that was found is under this path now. */
  isOther(folder: FilePath): boolean {
    return this.has(folder) && !this.isSame(folder)
  }

  /** The folders directly inside that are known. */
  inside(folder: FilePath): FilePath[] {
    const prefix = folder.endsWith(sep) ? folder : folder + sep
    return [...this.#handles.keys()].filter(
      path => path.length > prefix.length && path.startsWith(prefix) && !path.includes(sep, prefix.length),
    )
  }

  /** The nearest known folder, the root at the farthest, that holds the path. */
  nearestAbove(path: FilePath, root: FilePath): FilePath {
    let folder = dirname(path)
    while (folder !== root && isBelow(folder, root) && !this.#handles.has(folder)) folder = dirname(folder)
    return isBelow(folder, root) ? folder : root
  }

  /** Watches a folder. To be called before it is listed, so that no change falls in between. */
  add(folder: FilePath, real: FilePath): void {
    if (this.#handles.has(folder)) return
    const wanted = this.#onHint && !this.#exhausted && (!recursive || this.#roots.has(folder))
    const identity = identityOf(folder)
    this.#handles.set(folder, { real, identity, watcher: wanted ? this.#watch(folder) : undefined })
    this.entered.add(real)
  }

  /** Lets a folder be entered once more, by a walk that begins with it. */
  reopen(folder: FilePath): void {
    const handle = this.#handles.get(folder)
    if (handle) this.entered.delete(handle.real)
  }

  /** Forgets folders and all below them. */
  forget(folders: readonly FilePath[]): void {
    if (folders.length === 0) return
    for (const [path, { real, watcher }] of this.#handles)
      if (folders.some(folder => isBelow(path, folder))) {
        watcher?.close()
        this.#handles.delete(path)
        this.entered.delete(real)
      }
  }

  #watch(folder: FilePath): FSWatcher | undefined {
    try {
      const watcher = watch(fsPath(folder), { persistent: false, recursive }, (event, name) => {
        if (recursive) this.#onHint?.(name === null ? folder : this.nearestAbove(join(folder, name), folder))
        else if (event === 'rename' && name === basename(folder)) this.#lose(folder)
        else this.#onHint?.(folder)
      })
      // As when the folder is deleted: that shows in the one that holds it.
      watcher.on('error', () => this.#onHint?.(folder))
      return watcher
    } catch (error) {
      if (limits.has((error as NodeJS.ErrnoException).code ?? '')) this.#exhausted = true
      return undefined
    }
  }

  /** The folder itself was deleted or moved: what is under its path now, if anything, is not watched. */
  #lose(folder: FilePath): void {
    this.forget([folder])
    this.#onHint?.(this.#roots.has(folder) ? folder : dirname(folder))
  }
}

function identityOf(folder: FilePath): string {
  try {
    // With the moment at which it was made: the number of a deleted folder is soon given to another.
    const { dev, ino, birthtimeNs } = statSync(fsPath(folder), { bigint: true })
    return `${dev}:${ino}:${birthtimeNs}`
  } catch {
    return ''
  }
}
