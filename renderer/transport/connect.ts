import { RpcClient } from '../../electron/shared/rpc-client.ts'
import { openBridge } from './electron.ts'
import { openWebSocket, takeToken } from './websocket.ts'

/** Returns a client of the engine: over the desktop app's bridge, or in a browser over a socket to the page's origin. */
export function connect(page: Window = window): RpcClient {
  const bridge = page.kindred
  if (bridge) return new RpcClient({ connect: () => openBridge(bridge) })
  const token = takeToken(page)
  return new RpcClient({ connect: () => openWebSocket(page.location.origin, token) })
}
