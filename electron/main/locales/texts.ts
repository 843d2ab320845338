import type { Language } from '../../shared/languages.ts'
import { de } from './de.ts'
import { en, type Texts } from './en.ts'

export const textsOf: Readonly<Record<Language, Texts>> = { en, de }
