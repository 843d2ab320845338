import { join } from 'node:path'
import type { EngineCommand } from './engine-process.ts'

/** Paths of the app's parts. */
export interface Places {
  readonly renderer: string
  readonly preload: string
  readonly icon: string
  readonly engine: Pick<EngineCommand, 'node' | 'args'>
  /** The folder that holds `models/`. */
  readonly resources: string
}

export interface Surroundings {
  readonly packaged: boolean
  /** The app's folder: a checkout, or app.asar. */
  readonly appPath: string
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath: string
  readonly platform: NodeJS.Platform
  /** In a checkout: run the engine from its sources instead of dist. */
  readonly fromSources: boolean
}

/**
 * An installed app keeps its engine beside app.asar, not in it: plain Node can't read that format. The Node binary is
 * a resource of the app, because the system's Node may be of any version, or missing.
 */
export function placesOf(surroundings: Surroundings): Places {
  const { packaged, appPath, resourcesPath, platform, fromSources } = surroundings
  const node = platform === 'win32' ? 'node.exe' : 'node'
  const parts = {
    renderer: join(appPath, 'dist', 'renderer'),
    preload: join(appPath, 'dist', 'preload', 'preload.cjs'),
  }
  if (packaged)
    return {
      ...parts,
      icon: join(resourcesPath, 'icons', 'icon-512.png'),
      engine: {
        node: join(resourcesPath, 'node', node),
        args: [join(`${appPath}.unpacked`, 'dist', 'engine', 'child.js')],
      },
      resources: resourcesPath,
    }
  return {
    ...parts,
    icon: join(appPath, 'resources', 'icons', 'icon-512.png'),
    engine: {
      node: join(appPath, 'node_modules', 'node', 'bin', node),
      args: [
        fromSources
          ? join(appPath, 'electron', 'hosts', 'child.ts')
          : join(appPath, 'dist', 'engine', 'child.js'),
      ],
    },
    resources: join(appPath, 'resources'),
  }
}

/** The engine's environment: the app's own, without variables that change how Node starts. */
export function engineEnvironment(env: NodeJS.ProcessEnv, resources: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(ELECTRON_|NODE_|CHROME_)/i.test(name))
  return { ...Object.fromEntries(kept), KINDRED_RESOURCES: resources }
}
