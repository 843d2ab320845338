/** @file A hook of electron-builder (`afterPack`): fails the build of a package that lacks a required file. */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** The part of electron-builder's context that is used here. */
interface PackContext {
  readonly appOutDir: string
  readonly electronPlatformName: string
  readonly packager: { readonly appInfo: { readonly productFilename: string } }
}

/** electron-builder only warns of missing resources, but the app needs its Node, its model and its sample photos. */
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
