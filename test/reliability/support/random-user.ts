import { eventNames } from '../../../electron/shared/contract.ts'
import type { Random } from '../../../electron/shared/random.ts'
import { RpcClient } from '../../../electron/shared/rpc-client.ts'
import { connectBySocket } from '../../support/transports.ts'
import { typicalCalls } from '../../support/typical-calls.ts'
import type { ServedLibrary } from './served-library.ts'

/** Albums at most: the oldest is deleted for another one. */
const MOST_ALBUMS = 12
/** Thumbnails that a scrolled grid asks for at once. */
const THUMBNAILS = 20

/** Uses a served library as a window does, by socket and media URLs, at random. */
export class RandomUser {
  readonly #served: ServedLibrary
  readonly #random: Random
  readonly #origin: string
  readonly #client: RpcClient
  /** What it searches by from outside the library. */
  readonly #image: Buffer<ArrayBuffer>
  readonly #albums: number[] = []
  #photos: readonly number[] = []

  constructor(served: ServedLibrary, random: Random, image: Buffer<ArrayBuffer>) {
    this.#served = served
    this.#random = random
    this.#image = image
    this.#origin = `http://127.0.0.1:${served.port}`
    this.#client = this.#connect()
    for (const event of eventNames) this.#client.on(event, () => undefined)
  }

  get client(): RpcClient {
    return this.#client
  }

  /** Does one thing. Throws where it does not succeed. */
  async act(): Promise<void> {
    if (this.#photos.length === 0) await this.#list()
    if (this.#albums.length < 2) await this.#create()
    const [weights, actions] = [this.#actions.map(([weight]) => weight), this.#actions.map(([, act]) => act)]
    let left = this.#random.next() * weights.reduce((a, b) => a + b, 0)
    const chosen = weights.findIndex(weight => (left -= weight) < 0)
    await actions[Math.max(0, chosen)]!()
  }

  close(): void {
    this.#client.close()
  }

  readonly #actions: readonly (readonly [weight: number, act: () => Promise<unknown>])[] = [
    [24, () => this.#call('similar.search')],
    [2, () => this.#call('similar.search in an album')],
    [2, () => this.#call('similar.search in a period')],
    [24, () => this.#thumbnails()],
    [3, () => this.#media(`image/${this.#photo()}?v=ab&size=1280`)],
    [8, () => this.#call('photos.get')],
    [3, () => this.#create()],
    [10, () => this.#call('albums.add')],
    [5, () => this.#call('albums.remove')],
    [5, () => this.#call('albums.undo')],
    [3, () => this.#call('albums.suggest')],
    [2, () => this.#call('albums.askMe')],
    [3, () => this.#call('models.list')],
    [3, () => this.#call('folders.list')],
    [2, () => this.#list()],
    [1, () => this.#upload()],
    [1, () => this.#reconnect()],
    [0.5, () => this.#call('about')],
    [0.2, () => this.#call('doctor')],
  ]

  #connect(): RpcClient {
    const { token } = this.#served
    return new RpcClient({ connect: async () => (await connectBySocket(this.#origin, token)).channel })
  }

  #photo(): number {
    return this.#random.pick(this.#photos)
  }

  #call(name: keyof typeof typicalCalls): Promise<unknown> {
    const known = { random: this.#random, photos: this.#photos, albums: this.#albums }
    return typicalCalls[name]!({ client: this.#client, ...known })
  }

  async #list(): Promise<void> {
    this.#photos = (await this.#client.call('photos.list', {})).ids
  }

  async #create(): Promise<void> {
    const name = `Album ${this.#random.int(0, 1e9)}`
    const { id } = await this.#client.call('albums.create', { name, photos: [this.#photo()] })
    this.#albums.push(id)
    if (this.#albums.length > MOST_ALBUMS)
      await this.#client.call('albums.delete', { id: this.#albums.shift()! })
  }

  async #thumbnails(): Promise<void> {
    await Promise.all(Array.from({ length: THUMBNAILS }, () => this.#media(`thumb/${this.#photo()}?v=ab`)))
  }

  async #upload(): Promise<void> {
    const response = await this.#media('upload', { method: 'POST', body: this.#image })
    const { token } = JSON.parse(response.toString('utf8')) as { token: string }
    await this.#client.call('similar.search', { examples: [{ upload: token }] })
    await this.#media(`upload/${token}`)
  }

  /** A second window that is soon closed. */
  async #reconnect(): Promise<void> {
    const other = this.#connect()
    other.on('albums', () => undefined)
    await other.call('library.status', {})
    other.close()
  }

  async #media(path: string, request: RequestInit = {}): Promise<Buffer> {
    const headers = { cookie: this.#served.cookie, origin: this.#origin }
    const response = await fetch(`${this.#origin}/media/${path}`, { ...request, headers })
    const body = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200)
      throw new Error(`${path.replace(/\d+/, 'N')} is answered by ${response.status}`)
    return body
  }
}
