import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { errorCodes } from '../../electron/shared/errors.ts'
import type { Random } from '../../electron/shared/random.ts'
import type { ServerMessage } from '../../electron/shared/rpc.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { hostileCall, hostileFrame, hostileRequest } from './support/hostile-requests.ts'
import { importPhotos, problemsOf } from './support/small-library.ts'
import { isRunning, memoryOf, startServe, type ServedLibrary } from './support/served-library.ts'

const PHOTOS = 12
/** Attacks in a row, after which all calls must have been answered. */
const BATCH = 100
/** Milliseconds for that. */
const PATIENCE = 30_000
/** The engine's memory may grow by so many MB: caches fill, nothing leaks. */
const GROWTH = 200
/** Of the attacks; the others are messages over the socket. */
const REQUESTS = 0.25
const UPLOADS = 0.01
/** Most bytes behind the end of an uploaded image. */
const PADDING = 2 ** 21

export const fuzzMessages: Campaign = {
  name: 'fuzz-messages',
  title: 'hostile messages and URLs',
  promise: 'the engine lives on in the same process, and every reply has a known code',
  count: 100_000,
  quickCount: 2000,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library, photos } = await importPhotos(folder, PHOTOS)
  const image = readFileSync(join(photos, 'folder 0', '0.jpg'))
  const served = await startServe(library)
  const losses = new Set<string>()
  const replies = new Map<string, number>()
  const client = new HostileClient(served, image, reply => {
    replies.set(reply, (replies.get(reply) ?? 0) + 1)
    const known = [...errorCodes, 'ok', 'cut off'].includes(reply) || /^[1-4]\d\d$|^503$/.test(reply)
    if (!known || reply === 'internal') losses.add(`a reply is ${reply}`)
  })
  let before: number | undefined
  try {
    for (let done = 0; done < count && isRunning(served.enginePid); done += BATCH) {
      const unanswered = await client.attack(random, Math.min(BATCH, count - done))
      for (const call of unanswered) losses.add(`unanswered: ${call.slice(0, 200)}`)
      before ??= done >= count / 10 ? memoryOf(served.enginePid) : undefined
      if (done % 5000 === 0) log(`${done} of ${count}, ${losses.size} lost`)
    }
    const after = memoryOf(served.enginePid)
    if (!isRunning(served.enginePid) || served.errors().includes('ended unasked'))
      losses.add(`the engine has ended: ${served.errors().slice(0, 2000)}`)
    if (before !== undefined && after !== undefined && after - before > GROWTH)
      losses.add(`the memory grew from ${Math.round(before)} MB to ${Math.round(after)} MB`)
    client.close()
    await served.stop()
    for (const { message } of await problemsOf(library)) losses.add(`the library: ${message}`)
    const grown = before === undefined || after === undefined ? '' : `, memory ${mb(before)} to ${mb(after)}`
    log([...replies].map(([reply, times]) => `${reply} ${times}`).join(', '))
    const codes = [...replies.keys()].filter(reply => /^[a-z]+-|^\d/.test(reply)).length
    return { attacks: count, losses: [...losses], remarks: `${codes} kinds of replies${grown}` }
  } finally {
    client.close()
    await served.stop()
  }
}

const mb = (value: number): string => `${Math.round(value)} MB`

/** Attacks a served library in every way that a program of this machine could. */
class HostileClient {
  readonly #served: ServedLibrary
  readonly #image: Buffer<ArrayBuffer>
  readonly #onReply: (reply: string) => void
  readonly #unanswered = new Map<number, string>()
  #socket: WebSocket | undefined
  #nextId = 1

  /** @param image the file of a photo, to upload */
  constructor(served: ServedLibrary, image: Buffer<ArrayBuffer>, onReply: (reply: string) => void) {
    this.#served = served
    this.#image = image
    this.#onReply = onReply
  }

  /** Returns the calls that were not answered. */
  async attack(random: Random, count: number): Promise<string[]> {
    const requests: Promise<void>[] = []
    for (let i = 0; i < count; i++) {
      if (random.chance(UPLOADS)) requests.push(this.#upload(random))
      else if (random.chance(REQUESTS)) requests.push(this.#request(random))
      else if (random.chance(0.6)) await this.#call(random)
      else (await this.#open()).send(hostileFrame(random))
    }
    await Promise.all(requests)
    const until = performance.now() + PATIENCE
    while (this.#unanswered.size > 0 && performance.now() < until && isRunning(this.#served.enginePid))
      await wait(2)
    const left = [...this.#unanswered.values()]
    this.#unanswered.clear()
    return left
  }

  close(): void {
    this.#socket?.terminate()
  }

  async #call(random: Random): Promise<void> {
    const socket = await this.#open()
    // Above the ids that hostile frames choose.
    const id = 2 ** 40 + this.#nextId++
    const text = hostileCall(random, id)
    this.#unanswered.set(id, text)
    socket.send(text)
  }

  async #open(): Promise<WebSocket> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket
    const { port, token } = this.#served
    const origin = `http://127.0.0.1:${port}`
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc?token=${token}`, { origin })
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString('utf8')) as ServerMessage))
    // A frame may break the protocol: then the connection closes, and its calls with it.
    socket.on('close', () => this.#unanswered.clear())
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.on('error', () => socket.terminate())
    this.#socket = socket
    return socket
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'ok') this.#onReply('ok')
    else if (message.type === 'err') this.#onReply(message.error.code)
    if (message.type === 'ok' || message.type === 'err') this.#unanswered.delete(message.id)
  }

  /** Uploads an image that is whole, cut off or has much behind its end. */
  async #upload(random: Random): Promise<void> {
    const whole = Buffer.concat([this.#image, Buffer.alloc(random.int(0, PADDING))])
    const body = random.chance(0.2) ? whole.subarray(0, random.int(0, this.#image.length)) : whole
    const { port, cookie } = this.#served
    const response = await fetch(`http://127.0.0.1:${port}/media/upload`, {
      method: 'POST',
      headers: { cookie },
      body,
    })
    const reply = (await response.json()) as { token?: string; code?: string }
    this.#onReply(reply.token === undefined ? (reply.code ?? 'no code') : 'ok')
  }

  /** Sends a request over a connection of its own; some connections are reset before the reply. */
  #request(random: Random): Promise<void> {
    const text = hostileRequest(random, this.#served)
    const reset = random.chance(0.2) ? random.int(0, 3) : undefined
    return new Promise(resolve => {
      let received = ''
      const socket = connect(this.#served.port, '127.0.0.1', () => {
        socket.write(text, 'latin1')
        if (reset === 0) setImmediate(() => socket.resetAndDestroy())
        else if (reset !== undefined) setTimeout(() => socket.resetAndDestroy(), reset)
      })
      socket.on('data', data => {
        received += data.toString('latin1').slice(0, 20)
        socket.destroy()
      })
      socket.on('error', () => undefined)
      // Of a request without an end, nothing comes.
      socket.setTimeout(200, () => socket.destroy())
      socket.on('close', () => {
        this.#onReply(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 'cut off')
        resolve()
      })
    })
  }
}
