import type { ErrorCode, ErrorReason } from '../../electron/shared/errors.ts'
import type { Language } from '../../electron/shared/languages.ts'
import de from './de.json'
import deErrors from './de-errors.json'
import deLearning from './de-learning.json'
import deViews from './de-views.json'
import en from './en.json'
import enErrors from './en-errors.json'
import enLearning from './en-learning.json'
import enViews from './en-views.json'

const english = {
  ...en,
  ...enViews,
  ...enLearning,
  ...(enErrors satisfies Record<`next.${ErrorCode}` | `error.${ErrorCode | ErrorReason}`, string>),
}
type WithoutPlural<K> = K extends `${infer Base}.${Intl.LDMLPluralRule}` ? Base : K
export type TextKey = WithoutPlural<keyof typeof english>

/** Texts are flat: a key, a sentence, `{placeholders}`. A key with `count` may have a form for each plural category. */
export const textsOf: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: english,
  de: { ...de, ...deViews, ...deLearning, ...deErrors },
}
