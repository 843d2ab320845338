import { t } from '../i18n.ts'
import { connection } from './connection.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** The ways in which photos come into the library. */
export class AddPhotos {
  /** What a folder is being chosen for in Kindred's own dialog, for hosts without the system's. */
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
    else for (const path of paths) await this.#makeAlbums(path)
  }

  async #makeAlbums(path: string): Promise<void> {
    try {
      await connection.call('albums.importFolder', { path })
      toasts.info(t('albums.making'))
    } catch (error) {
      toasts.error(error)
    }
  }

  async add(paths: readonly string[]): Promise<void> {
    try {
      await connection.call('folders.add', { paths: [...paths] })
      toasts.info(t('toast.importing'))
    } catch (error) {
      toasts.error(error)
    }
  }

  async addSamples(): Promise<void> {
    try {
      await connection.call('samples.add', {})
    } catch (error) {
      toasts.error(error)
    }
  }

  async rescan(): Promise<void> {
    try {
      await connection.call('folders.rescan', {})
    } catch (error) {
      toasts.error(error)
    }
  }
}

export const addPhotos = new AddPhotos()
