import type { DesktopBridge } from '../../electron/shared/desktop.ts'

declare global {
  interface Window {
    /** Only in the desktop app. */
    readonly kindred?: DesktopBridge
  }
}
