import { expect, test, vi } from 'vitest'

vi.mock('electron', () => import('../../mocks/electron.ts'))
const { dialog, shell } = await import('../../mocks/electron.ts')
const { askAfterFailure, chooseFolders } = await import('../../../electron/main/dialogs.ts')
const { en } = await import('../../../electron/main/locales/en.ts')

const answer = (response: number) => ({ response, checkboxChecked: false })

test('dialogs: the log can be shown before a choice', async () => {
  dialog.showMessageBox.mockResolvedValueOnce(answer(1)).mockResolvedValueOnce(answer(0))
  await expect(askAfterFailure(en, '/logs/engine.log', undefined)).resolves.toBe('again')
  expect(shell.showItemInFolder).toHaveBeenCalledExactlyOnceWith('/logs/engine.log')
  expect(JSON.stringify(dialog.showMessageBox.mock.calls[0])).toContain('/logs/engine.log')
})

test('dialogs: show the engine’s own reason', async () => {
  dialog.showMessageBox.mockResolvedValueOnce(answer(2))
  const reason = { code: 'library-in-use', message: 'It is open elsewhere.', nextStep: 'Close it.' } as const
  await expect(askAfterFailure(en, '/logs/engine.log', reason)).resolves.toBe('quit')
  expect(dialog.showMessageBox.mock.calls[0]![0]).toMatchObject({
    message: 'It is open elsewhere.',
    detail: 'Close it.',
  })
})

test('dialogs: choose folders only, several at once', async () => {
  dialog.showOpenDialog.mockResolvedValueOnce({ canceled: false, filePaths: ['/a', '/b'] })
  await expect(chooseFolders({} as never, en)).resolves.toEqual(['/a', '/b'])
  expect(dialog.showOpenDialog.mock.calls[0]![1]).toMatchObject({
    properties: ['openDirectory', 'multiSelections'],
  })
})
