import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import type { Language } from '../../electron/shared/languages.ts'

/** A state of the window: its address, what to do there, and the key or the deed that takes back what was done. */
export interface WindowState {
  readonly address: string
  readonly open?: (page: Page) => Promise<unknown>
  readonly close?: string | ((page: Page) => Promise<unknown>)
}

export type WindowStates = Readonly<Record<string, WindowState>>

/** What a language calls things, by their keys (renderer/locales). */
export function wordsOf(language: Language): (key: string) => string {
  const files = ['', '-views', '-learning', '-errors'].map(
    part => new URL(`../../renderer/locales/${language}${part}.json`, import.meta.url),
  )
  const texts = Object.assign(
    {},
    ...files.map(file => JSON.parse(readFileSync(file, 'utf8')) as object),
  ) as Record<string, string>
  return key => {
    const text = texts[key]
    if (text === undefined) throw new Error(`No text ${key} in ${language}.`)
    return text
  }
}

/** Goes to a state of the page. */
export async function enter(page: Page, { address, open }: WindowState): Promise<void> {
  await page.evaluate(to => void (location.hash = to), address)
  await open?.(page)
}

/** Leaves nothing of it behind for the next state of the same page. */
export async function leave(page: Page, { close }: WindowState): Promise<void> {
  if (typeof close === 'string') await page.keyboard.press(close)
  else await close?.(page)
  if ((await page.locator('.photo[aria-selected=true]').count()) > 0) await page.keyboard.press('Escape')
}

export const tile = (page: Page, index: number) => page.locator(`[data-index="${index}"]`)
const score = (page: Page) => page.locator('.score').first()
const openDialog = (page: Page) => page.locator('dialog[open]')
/** The beginning of a text with a placeholder, such as the name of a button that says more. */
const beginningOf = (text: string): RegExp => new RegExp(`^${text.split('{')[0]!}`)

export interface StatesOf {
  readonly language?: Language
  /** A photo of the library, and a folder with some of its photos. */
  readonly photo: number
  readonly folder: string
}

/** States of a library with photos, albums, a trained model and a file that could not be read. */
export function windowStates({ language = 'en', photo, folder }: StatesOf): WindowStates {
  const t = wordsOf(language)
  const button = (page: Page, key: string) => page.getByRole('button', { name: beginningOf(t(key)) }).first()
  const onFirst = (...keys: string[]) => {
    return async (page: Page): Promise<void> => {
      await tile(page, 0).click()
      for (const key of keys) await page.keyboard.press(key)
    }
  }
  const similar = `#/similar?like=${photo}`
  return {
    'all photos': { address: '#/', open: page => tile(page, 0).waitFor() },
    'menu of a photo': {
      address: '#/',
      open: page => tile(page, 1).click({ button: 'right' }),
      close: 'Escape',
    },
    'photos that are selected': { address: '#/', open: onFirst('Shift+ArrowRight'), close: 'Escape' },
    'album palette': {
      address: '#/',
      open: async page => {
        await onFirst('a')(page)
        await page.getByRole('combobox').fill('co')
      },
      close: 'Escape',
    },
    details: {
      address: '#/',
      open: async page => {
        await onFirst('i')(page)
        await page.getByRole('complementary').getByText('Kindred Samples').waitFor()
      },
      close: 'i',
    },
    'large view': {
      address: '#/',
      open: async page => {
        await tile(page, 0).dblclick()
        await page.getByRole('dialog').waitFor()
      },
      close: 'Escape',
    },
    keys: {
      address: '#/',
      open: async page => {
        await page.keyboard.press('?')
        await openDialog(page).waitFor()
      },
      close: 'Escape',
    },
    'folder chooser': {
      address: '#/',
      open: async page => {
        await button(page, 'bar.add').click()
        await openDialog(page).waitFor()
      },
      close: 'Escape',
    },
    'recent imports': { address: '#/recent', open: page => tile(page, 0).waitFor() },
    folder: { address: `#/folder?path=${folder}`, open: page => tile(page, 0).waitFor() },
    'folder that is gone': {
      address: '#/folder?path=/nowhere',
      open: page => page.getByText(t('folders.empty')).waitFor(),
    },
    album: {
      address: '#/album/1',
      open: async page => {
        await tile(page, 0).waitFor()
        await page.locator('main').getByRole('region').first().waitFor()
      },
    },
    results: { address: similar, open: page => score(page).waitFor() },
    'results with details': {
      address: similar,
      open: async page => {
        await score(page).waitFor()
        await onFirst('i')(page)
        await page.getByRole('complementary').getByText('Kindred Samples').waitFor()
      },
      close: 'i',
    },
    'results with filters': {
      address: `${similar}&shapes=landscape&folders=${folder}`,
      open: page =>
        score(page)
          .or(page.getByText(t('results.filteredOut')))
          .first()
          .waitFor(),
    },
    'results filtered to none': {
      address: `${similar}&cameras=None`,
      open: page => page.getByText(t('results.filteredOut')).waitFor(),
    },
    'results narrowed to none': {
      address: similar,
      open: async page => {
        await score(page).waitFor()
        await page.getByRole('slider', { name: t('results.min') }).press('End')
      },
      close: 'Home',
    },
    'filter panel': {
      address: similar,
      open: async page => {
        await score(page).waitFor()
        await page.keyboard.press('f')
        await page.getByRole('dialog', { name: t('filters.title') }).waitFor()
      },
      close: 'Escape',
    },
    question: { address: '#/ask', open: page => page.locator('main').getByRole('heading').first().waitFor() },
    'model and report': { address: '#/model', open: page => page.locator('main details').first().waitFor() },
    'model and map': {
      address: '#/model',
      open: async page => {
        await page.locator('main details > summary').first().click()
        await page.locator('main details [role=img]').last().scrollIntoViewIfNeeded()
      },
    },
    'failed files': {
      address: '#/failed',
      open: page => page.locator('main').getByRole('listitem').first().waitFor(),
    },
    'background work': {
      address: '#/failed',
      open: async page => {
        await button(page, 'failed.retry').click()
        await page.getByRole('complementary', { name: t('jobs.title') }).waitFor()
      },
      close: 'Escape',
    },
    settings: {
      address: '#/settings',
      open: page => page.getByRole('heading', { name: t('settings.about') }).waitFor(),
    },
    'removal of a folder': {
      address: '#/settings',
      open: async page => {
        await page
          .getByRole('button', {
            name: new RegExp(`^${t('settings.removeFolder').replace('{name}', '/.*')}$`),
          })
          .first()
          .click()
        await openDialog(page).waitFor()
      },
      close: 'Escape',
    },
  }
}

/** States of a library without photos. */
export function emptyWindowStates(language: Language = 'en'): WindowStates {
  const t = wordsOf(language)
  const button = (page: Page, key: string) => page.getByRole('button', { name: t(key) })
  return {
    'first run': { address: '#/', open: page => button(page, 'first.choose').waitFor() },
    'model with nothing to learn from': {
      address: '#/model',
      open: page => button(page, 'model.train').waitFor(),
    },
    'no failed files': { address: '#/failed', open: page => page.getByText(t('failed.none')).waitFor() },
  }
}
