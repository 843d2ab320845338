import type { DesktopBridge } from '../../electron/shared/desktop.ts'
import type { ClientChannel, ServerMessage } from '../../electron/shared/rpc.ts'

/** A channel over the preload's bridge. It listens before it opens, so that no message is lost. */
export async function openBridge(bridge: DesktopBridge): Promise<ClientChannel> {
  const early: ServerMessage[] = []
  let deliver = (message: ServerMessage): void => void early.push(message)
  let closed = false
  let onClosed = (): void => undefined
  const stopMessages = bridge.rpc.onMessage(message => deliver(message))
  const stopClose = bridge.rpc.onClose(() => {
    closed = true
    stop()
    onClosed()
  })
  const stop = (): void => {
    stopMessages()
    stopClose()
  }
  try {
    await bridge.rpc.open()
  } catch (error) {
    stop()
    throw error
  }
  return {
    send: message => bridge.rpc.send(message),
    onMessage: listener => {
      deliver = listener
      for (const message of early.splice(0)) listener(message)
    },
    onClose: listener => {
      onClosed = listener
      if (closed) listener()
    },
    close: stop,
  }
}
