import { dialog, shell, type BrowserWindow } from 'electron'
import type { PlainError } from '../shared/errors.ts'
import { isLasting } from '../shared/restart-policy.ts'
import type { Texts } from './locales/en.ts'

export async function chooseFolders(window: BrowserWindow, texts: Texts): Promise<readonly string[]> {
  const { title, button } = texts.chooseFolders
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    buttonLabel: button,
    properties: ['openDirectory', 'multiSelections'],
  })
  return canceled ? [] : filePaths
}

export type FailureChoice = 'repair' | 'again' | 'quit'

/** Asks what to do when the engine can't run or keeps ending: repair the library where that is the way, try again, or quit. */
export async function askAfterFailure(
  texts: Texts,
  logFile: string,
  reason: PlainError | undefined,
): Promise<FailureChoice> {
  const { title, message, detail, reasons, nextSteps, repair, again, showLog, quit } = texts.engineFailed
  const lasting = reason && isLasting(reason.code) ? reason.code : undefined
  const choices: { readonly label: string; readonly choice: FailureChoice | 'log' }[] = [
    ...(reason?.code === 'library-damaged' ? [{ label: repair, choice: 'repair' as const }] : []),
    { label: again, choice: 'again' },
    { label: showLog, choice: 'log' },
    { label: quit, choice: 'quit' },
  ]
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title,
    message: lasting ? reasons[lasting] : message,
    detail: lasting ? nextSteps[lasting] : detail(logFile),
    buttons: choices.map(({ label }) => label),
    defaultId: 0,
    cancelId: choices.length - 1,
    noLink: true,
  })
  const { choice } = choices[response]!
  if (choice !== 'log') return choice
  shell.showItemInFolder(logFile)
  return askAfterFailure(texts, logFile, reason)
}

/** Shows what a repair of the library brought back, and from when. */
export async function showRepaired(texts: Texts, words: string): Promise<void> {
  const { title, message, button } = texts.repaired
  await dialog.showMessageBox({
    type: 'info',
    title,
    message,
    detail: words,
    buttons: [button],
    noLink: true,
  })
}
