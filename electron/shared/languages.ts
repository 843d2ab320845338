/** The languages in which window, menus and dialogs speak. English comes first: it is taken where none fits. */
export const languages = ['en', 'de'] as const

export type Language = (typeof languages)[number]

export const isLanguage = (value: unknown): value is Language =>
  (languages as readonly unknown[]).includes(value)

/** Returns the language for a locale of the system, such as `de-AT`. */
export function languageOf(locale: string): Language {
  const language = locale.toLowerCase().split(/[-_]/)[0]
  return isLanguage(language) ? language : languages[0]
}
