import { RpcClient } from '../../electron/shared/rpc-client.ts'
import { openBridge } from './electron.ts'
import { openWebSocket, takeToken } from './websocket.ts'

/** A client of the engine over whatever this page runs in: the desktop app's bridge, or a socket to its own origin. */
export function connect(page: Window = window): RpcClient {
  const bridge = page.kindred
  if (bridge) return new RpcClient({ connect: () => openBridge(bridge) })
  const token = takeToken(page)
  return new RpcClient({ connect: () => openWebSocket(page.location.origin, token) })
}
