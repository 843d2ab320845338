import { t } from '../locales/i18n.ts'
import { albums } from './albums.svelte.ts'
import { attempt } from './attempt.ts'
import { connection } from './connection.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** The ways in which photos come into the library. */
export class AddPhotos {
  /** What a folder is being chosen for in Kindred's own dialog; the desktop app has the system's instead. */
  choosing = $state<'photos' | 'albums' | undefined>(undefined)

  async choose(purpose: 'photos' | 'albums' = 'photos'): Promise<void> {
    if (!window.kindred) {
      this.choosing = purpose
      return
    }
    const paths = await window.kindred.chooseFolders()
    if (paths.length > 0) await this.take(purpose, paths)
  }

  /** Adds the folders to the library; for albums, one is made of each folder inside. */
  async take(purpose: 'photos' | 'albums', paths: readonly string[]): Promise<void> {
    this.choosing = undefined
    if (purpose === 'photos') await this.add(paths)
    else for (const path of paths) await albums.makeOf(path)
  }

  async add(paths: readonly string[]): Promise<void> {
    if (await attempt(connection.call('folders.add', { paths: [...paths] })))
      toasts.info(t('toast.importing'))
  }

  async addSamples(): Promise<void> {
    await attempt(connection.call('samples.add', {}))
  }

  async rescan(): Promise<void> {
    await attempt(connection.call('folders.rescan', {}))
  }
}

export const addPhotos = new AddPhotos()
