import { expect, test, vi } from 'vitest'

vi.mock('electron', () => import('../../mocks/electron.ts'))
const { dialog, shell } = await import('../../mocks/electron.ts')
const { askAfterFailure, chooseFolders, showRepaired } = await import('../../../electron/main/dialogs.ts')
const { en } = await import('../../../electron/main/locales/en.ts')

const answer = (response: number) => ({ response, checkboxChecked: false })

test('dialogs: the log can be shown before a choice', async () => {
  dialog.showMessageBox.mockResolvedValueOnce(answer(1)).mockResolvedValueOnce(answer(0))
  await expect(askAfterFailure(en, '/logs/engine.log', undefined)).resolves.toBe('again')
  expect(shell.showItemInFolder).toHaveBeenCalledExactlyOnceWith('/logs/engine.log')
  expect(JSON.stringify(dialog.showMessageBox.mock.calls[0])).toContain('/logs/engine.log')
})

test('dialogs: say for which reason the engine cannot run, in the language of the desktop', async () => {
  dialog.showMessageBox.mockResolvedValueOnce(answer(2))
  const reason = { code: 'library-in-use', message: 'It is open elsewhere.' } as const
  await expect(askAfterFailure(en, '/logs/engine.log', reason)).resolves.toBe('quit')
  expect(dialog.showMessageBox.mock.calls[0]![0]).toMatchObject({
    message: en.engineFailed.reasons['library-in-use'],
    detail: en.engineFailed.nextSteps['library-in-use'],
  })
})

test('dialogs: offer to repair a damaged library, and nothing else', async () => {
  const shown = () => dialog.showMessageBox.mock.calls.at(-1)![0] as { buttons: string[]; detail: string }
  dialog.showMessageBox.mockResolvedValueOnce(answer(0))
  const damaged = { code: 'library-damaged', message: 'It is damaged.' } as const
  await expect(askAfterFailure(en, '/logs/engine.log', damaged)).resolves.toBe('repair')
  expect(shown().buttons[0]).toBe(en.engineFailed.repair)
  dialog.showMessageBox.mockResolvedValueOnce(answer(0))
  const unknown = { code: 'internal', message: 'It failed.' } as const
  await expect(askAfterFailure(en, '/logs/engine.log', unknown)).resolves.toBe('again')
  expect(shown().buttons).not.toContain(en.engineFailed.repair)
  expect(shown().detail).toBe(en.engineFailed.detail('/logs/engine.log'))
})

test('dialogs: choose folders only, several at once', async () => {
  dialog.showOpenDialog.mockResolvedValueOnce({ canceled: false, filePaths: ['/a', '/b'] })
  await expect(chooseFolders({} as never, en)).resolves.toEqual(['/a', '/b'])
  expect(dialog.showOpenDialog.mock.calls[0]![1]).toMatchObject({
    properties: ['openDirectory', 'multiSelections'],
  })
})

test('dialogs: what a repair brought back is shown in full', async () => {
  dialog.showMessageBox.mockResolvedValueOnce(answer(0))
  await showRepaired(en, 'From the journal: 12 albums.')
  expect(dialog.showMessageBox.mock.calls.at(-1)![0]).toMatchObject({
    message: 'Your library was repaired.',
    detail: 'From the journal: 12 albums.',
    buttons: ['Continue'],
  })
})
