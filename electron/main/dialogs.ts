import { dialog, shell, type BrowserWindow } from 'electron'
import type { WireError } from '../shared/rpc.ts'
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

/** Asks what to do when the engine can't run or keeps ending: try again or quit. */
export async function askAfterFailure(
  texts: Texts,
  logFile: string,
  reason: WireError | undefined,
): Promise<'again' | 'quit'> {
  const { title, message, detail, again, showLog, quit } = texts.engineFailed
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title,
    message: reason?.message ?? message,
    detail: reason?.nextStep ?? detail(logFile),
    buttons: [again, showLog, quit],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  })
  if (response !== 1) return response === 0 ? 'again' : 'quit'
  shell.showItemInFolder(logFile)
  return askAfterFailure(texts, logFile, reason)
}
