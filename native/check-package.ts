import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** What electron-builder hands to its hook; only what is used here. */
interface PackContext {
  readonly appOutDir: string
  readonly electronPlatformName: string
  readonly packager: { readonly appInfo: { readonly productFilename: string } }
}

/**
 * Run by electron-builder once an app is laid out. A resource whose source is missing is only a warning to it, but an
 * app without its Node, its model or its sample photos would be delivered all the same.
 */
export default function checkPackage(context: PackContext): void {
  const { appOutDir, electronPlatformName: platform, packager } = context
  const resources =
    platform === 'darwin'
      ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : join(appOutDir, 'resources')
  const dist = join('app.asar.unpacked', 'dist')
  const engine = join(dist, 'engine', 'child.js')
  const samples = join(dist, 'samples', 'sources.sha256')
  for (const file of [engine, samples, join('models', 'kindred-1.onnx'), join('icons', 'icon-512.png')])
    accessSync(join(resources, file), constants.R_OK)
  accessSync(join(resources, 'node', platform === 'win32' ? 'node.exe' : 'node'), constants.X_OK)
}
