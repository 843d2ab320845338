import { t } from '../i18n.ts'
import { connection } from './connection.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** The ways in which photos come into the library. */
export class AddPhotos {
  /** Whether Kindred's own folder dialog is open: for hosts without the system's. */
  choosing = $state(false)

  async choose(): Promise<void> {
    if (!window.kindred) {
      this.choosing = true
      return
    }
    const paths = await window.kindred.chooseFolders()
    if (paths.length > 0) await this.add(paths)
  }

  async add(paths: readonly string[]): Promise<void> {
    this.choosing = false
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
