import type { PhotoDetails } from '../../../electron/shared/contract.ts'
import { t } from '../../locales/i18n.ts'
import { attempt } from '../../state/attempt.ts'
import { connection } from '../../state/connection.svelte.ts'
import { toasts } from '../../state/toasts.svelte.ts'

/** The file of a video, or of the film of a Live Photo. */
const filmBeside = ({ video, paths, parts }: PhotoDetails): string | undefined =>
  video ? paths[0] : parts.find(({ role }) => role === 'video')?.path

/** Whether there is a film, and a desktop that can play it. */
export const canPlay = (photo: PhotoDetails): boolean =>
  window.kindred !== undefined &&
  (filmBeside(photo) !== undefined || photo.parts.some(({ role }) => role === 'motion'))

/** Plays the film in the system's own player. */
export async function play(photo: PhotoDetails): Promise<void> {
  const path = filmBeside(photo) ?? (await attempt(connection.call('photos.film', { id: photo.id })))?.path
  if (path !== undefined && !(await window.kindred?.playVideo(path)))
    toasts.show({ kind: 'error', text: t('photo.notPlayed') })
}
