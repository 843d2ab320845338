import { EngineService } from '../engine/api/service.ts'
import { resourcesDir, rendererDir } from './default-folders.ts'
import { startHttpHost } from './http.ts'

export interface ServeOptions {
  readonly libraryDir: string
  readonly port: number
  readonly json: boolean
  readonly quiet: boolean
  readonly onReady?: (url: string) => void
}

/** Serves the interface on loopback until the process is asked to end. */
export async function serve({ libraryDir, port, json, quiet, onReady }: ServeOptions): Promise<void> {
  const service = await EngineService.open({ libraryDir, resourcesDir: resourcesDir(process.env) })
  try {
    const host = await startHttpHost(service, { port, rendererDir: rendererDir(process.env) })
    if (json) process.stdout.write(`${JSON.stringify({ url: host.url })}\n`)
    else if (!quiet) process.stdout.write(`Kindred is at ${host.url}\nPress Ctrl-C to end it.\n`)
    onReady?.(host.url)
    await new Promise(resolve => process.once('SIGINT', resolve).once('SIGTERM', resolve))
    await host.close()
  } finally {
    await service.close()
  }
}
