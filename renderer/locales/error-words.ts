import type { PlainError } from '../../electron/shared/errors.ts'
import { formatBytes, t } from './i18n.ts'

/** What went wrong, in one sentence: the engine's own is English. */
export function errorWords({ code, details }: Pick<PlainError, 'code' | 'details'>): string {
  if (!details) return t(`error.${code}`)
  const { reason, bytes, ...values } = details
  return t(`error.${reason}`, typeof bytes === 'number' ? { ...values, size: formatBytes(bytes) } : values)
}

/** The same, with what to do next. */
export const failureWords = (error: Pick<PlainError, 'code' | 'details'>): string =>
  `${errorWords(error)} ${t(`next.${error.code}`)}`
