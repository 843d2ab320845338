import type { App, Session, WebContents, WebPreferences } from 'electron'
import { APP_ORIGIN, PHOTO_SCHEME } from '../shared/desktop.ts'

/** Where the window's page comes from: the app itself, or the development server, which only an unpackaged app trusts. */
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

/** What every window of Kindred runs with. */
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

/** The origin of a URL, also of custom schemes, for which URL itself answers "null". */
export function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host, username, password } = new URL(url)
  if (username !== '' || password !== '') return undefined
  return `${protocol}//${host}`
}

/** A page may go to itself, which is a reload, and nowhere else: a dropped file or a link leads nowhere. */
export const mayNavigate = (url: string, { origin }: PageOrigin): boolean => originOf(url) === origin

/** Copying a photo or a path needs the one that writes; nothing is read, heard, seen or located. */
export const mayUse = (permission: string, url: string, { origin }: PageOrigin): boolean =>
  permission === 'clipboard-sanitized-write' && originOf(url) === origin

/** Who speaks on an ipcMain channel: only the top frame of Kindred's own page is heard. */
export interface Sender {
  readonly url: string
  readonly isTopFrame: boolean
}

export const maySend = (sender: Sender | undefined, { origin }: PageOrigin): boolean =>
  sender !== undefined && sender.isTopFrame && originOf(sender.url) === origin

interface FrameEvent {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

/** The sender of an IPC event; undefined where its frame has gone meanwhile. */
export const senderOf = ({ senderFrame }: FrameEvent): Sender | undefined =>
  senderFrame ? { url: senderFrame.url, isTopFrame: senderFrame.parent === null } : undefined

/**
 * The development server's origin, where there is one: from an environment variable that counts in a checkout only,
 * so that nothing outside can point an installed app somewhere else.
 */
export function pageOrigin(isPackaged: boolean, developmentUrl: string | undefined): PageOrigin {
  const origin = isPackaged || !developmentUrl ? undefined : originOf(developmentUrl)
  return { origin: origin && /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(origin) ? origin : APP_ORIGIN }
}

/** Applies the policies above to everything that the app will ever show. Call it before the first window. */
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
