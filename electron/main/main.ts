/** @file Entry of Electron's main process: one instance, sandboxed, closed only after its engine. */
import { app, protocol } from 'electron'
import { join } from 'node:path'
import { DesktopApp } from './desktop-app.ts'
import { registerSchemes } from './media-protocol.ts'
import { guardWebContents, pageOrigin } from './security.ts'

app.setName('Kindred')
// Not the folder "Kindred" itself: on a Mac the library lies there.
app.setPath('userData', join(app.getPath('appData'), 'Kindred Desktop'))

if (app.requestSingleInstanceLock()) run()
else app.quit()

function run(): void {
  const page = pageOrigin(app.isPackaged, process.env.KINDRED_DEV_URL)
  registerSchemes(protocol)
  app.enableSandbox()
  guardWebContents(app, page)

  let desktop: DesktopApp | undefined
  app.on('second-instance', () => desktop?.showWindow())
  app.on('activate', () => desktop?.showWindow())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  // The app quits only after the engine has closed its library, however often it is asked to quit.
  let closed = false
  app.on('will-quit', event => {
    if (closed || !desktop) return
    event.preventDefault()
    void desktop.close().finally(() => {
      closed = true
      app.quit()
    })
  })

  void app.whenReady().then(() => {
    desktop = new DesktopApp(page)
    desktop.start()
  })
}
