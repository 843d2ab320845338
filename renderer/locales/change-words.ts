import type { AlbumChange } from '../../electron/shared/album-change.ts'
import { t } from './i18n.ts'

/** What a change to albums did, for messages about undo and redo. */
export function changeWords(change: AlbumChange): string {
  if (change.kind === 'worded') return change.words
  const { kind, ...values } = change
  return t(`change.${kind}`, 'photos' in values ? { ...values, count: values.photos } : values)
}
