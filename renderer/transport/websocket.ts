import { KindredError } from '../../electron/shared/errors.ts'
import type { ClientChannel, ServerMessage } from '../../electron/shared/rpc.ts'
import { MESSAGE_BYTES } from '../../electron/shared/transfer-limits.ts'

const TOKEN = 'kindred-token'

/**
 * The secret that the host put behind the `#` of the page's address. It moves to the tab's own storage, so that it is
 * neither in the history nor in a copied address, and survives a reload.
 */
export function takeToken({ location, history, sessionStorage }: Window): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return sessionStorage.getItem(TOKEN) ?? ''
  sessionStorage.setItem(TOKEN, token)
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

/** Whether the tab was opened with a secret, right or wrong. */
export const hasToken = ({ sessionStorage }: Pick<Window, 'sessionStorage'>): boolean =>
  sessionStorage.getItem(TOKEN) !== null

/** @throws KindredError `link-refused` where the host runs but does not accept the token */
export async function openWebSocket(origin: string, token: string): Promise<ClientChannel> {
  if (token === '') throw refused()
  const address = `${origin}/rpc?token=${encodeURIComponent(token)}`
  try {
    return await new Promise((resolve, reject) => {
      const socket = new WebSocket(address.replace(/^http/, 'ws'))
      socket.onerror = () => reject(new Error('The host does not respond.'))
      socket.onopen = () => resolve(channelOf(socket))
    })
  } catch (error) {
    const { status } = await fetch(address)
    throw status === 403 ? refused() : error
  }
}

const refused = (): KindredError => new KindredError('link-refused', 'The host refuses this link.')

/**
 * The host would close the connection on a longer message.
 * @throws KindredError `bad-argument`
 */
function fitting(text: string): string {
  if (text.length * 3 > MESSAGE_BYTES && new Blob([text]).size > MESSAGE_BYTES)
    throw new KindredError('bad-argument', 'This is more than can be handed over at once.')
  return text
}

function channelOf(socket: WebSocket): ClientChannel {
  return {
    send: message => {
      if (socket.readyState === WebSocket.OPEN) socket.send(fitting(JSON.stringify(message)))
    },
    onMessage: listener => {
      socket.onmessage = ({ data }) => listener(JSON.parse(data as string) as ServerMessage)
    },
    onClose: listener => {
      socket.onclose = listener
      socket.onerror = null
    },
    close: () => socket.close(),
  }
}
