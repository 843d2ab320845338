import type { App, Session, WebContents, WebPreferences } from 'electron'
import { APP_ORIGIN, PHOTO_SCHEME } from '../shared/desktop.ts'

/** The origin of the window's page: the app itself, or the development server, which only an unpackaged app trusts. */
export interface PageOrigin {
  readonly origin: string
}

/**
 * The page's own files and photos, nothing else: no other origin, no inline script, no frames, no forms. Style
 * attributes are allowed, because a grid of photos places its rows with them.
 */
export function contentSecurityPolicy(): string {
  const photos = `${PHOTO_SCHEME}:`
  const directives: Record<string, string> = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'style-src-attr': "'unsafe-inline'",
    'img-src': `'self' ${photos} data: blob:`,
    'font-src': "'self'",
    'connect-src': `'self' ${photos}`,
    'worker-src': "'self'",
    'manifest-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** Web preferences of every window. */
export const safeWebPreferences = (preload: string) =>
  ({
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
  }) as const satisfies WebPreferences

/** The origin of a URL, also with custom schemes, for which `URL.origin` is "null". */
export function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host, username, password } = new URL(url)
  if (username !== '' || password !== '') return undefined
  return `${protocol}//${host}`
}

/** A page may only navigate to its own origin, that is, reload: dropped files and links lead nowhere. */
export const mayNavigate = (url: string, { origin }: PageOrigin): boolean => originOf(url) === origin

/** The only permission: writing to the clipboard, which copying a photo or a path needs. */
export const mayUse = (permission: string, url: string, { origin }: PageOrigin): boolean =>
  permission === 'clipboard-sanitized-write' && originOf(url) === origin

/** Sender of a message on an ipcMain channel. Only the top frame of Kindred's own page is accepted. */
export interface Sender {
  readonly url: string
  readonly isTopFrame: boolean
}

export const maySend = (sender: Sender | undefined, { origin }: PageOrigin): boolean =>
  sender !== undefined && sender.isTopFrame && originOf(sender.url) === origin

interface FrameEvent {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

/** The sender of an IPC event; undefined if its frame has gone meanwhile. */
export const senderOf = ({ senderFrame }: FrameEvent): Sender | undefined =>
  senderFrame ? { url: senderFrame.url, isTopFrame: senderFrame.parent === null } : undefined

/**
 * The page's origin: the development server's if an environment variable names one, otherwise the app's. An installed
 * app ignores the variable, so that nothing can point it elsewhere.
 */
export function pageOrigin(isPackaged: boolean, developmentUrl: string | undefined): PageOrigin {
  const origin = isPackaged || !developmentUrl ? undefined : originOf(developmentUrl)
  return { origin: origin && /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(origin) ? origin : APP_ORIGIN }
}

/** Applies the policies above to all web contents of the app. Call it before the first window opens. */
export function guardWebContents(app: Pick<App, 'on'>, page: PageOrigin): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, page))
}

function guard(contents: WebContents, page: PageOrigin): void {
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (!mayNavigate(event.url, page)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

export function guardSession(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'
  >,
  page: PageOrigin,
): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(mayUse(permission, details.requestingUrl, page)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, origin, page))
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', event => event.preventDefault())
}
