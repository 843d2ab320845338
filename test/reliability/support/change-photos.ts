/**
 * @file A program beside Kindred that changes photos at random: `node change-photos.ts FOLDER SEED`. It makes so many
 * changes as each message says, and replies with what became of the photos that are labelled: each is changed at most
 * once between two replies, for nobody could tell a photo that was moved and edited from a new one.
 */
import {
  appendFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Random } from '../../../electron/shared/random.ts'

/** Labelled photos by the names that they had at first; null for one that was deleted. */
export type Whereabouts = Readonly<Record<string, string | null>>

const [root = '', seed = ''] = process.argv.slice(2)
const random = new Random(seed)
const labelled = join(root, 'labelled')
const whereabouts: Record<string, string | null> = Object.fromEntries(
  (await readdir(labelled)).map(name => [name, join(labelled, name)]),
)
const pictures = await Promise.all(Object.keys(whereabouts).map(name => readFile(join(labelled, name))))
const folders: string[] = [join(root, 'a')]
const files: string[] = []
let made = 0
await mkdir(folders[0]!, { recursive: true })

/** A picture of which no other file has the content: its comment counts. */
function nextPicture(base = random.pick(pictures)): Buffer {
  const text = Buffer.from(`${seed} ${made++}`)
  const comment = Buffer.concat([Buffer.of(0xff, 0xfe, 0, text.length + 2), text])
  return Buffer.concat([base.subarray(0, 2), comment, base.subarray(2)])
}

const newPath = (): string => join(random.pick(folders), `${made++}.jpg`)

function takeFile(): string | undefined {
  if (files.length === 0) return undefined
  return files.splice(random.int(0, files.length - 1), 1)[0]
}

const operations: Record<string, () => Promise<void>> = {
  async create() {
    const path = newPath()
    await writeFile(path, nextPicture())
    files.push(path)
  },
  async writeSlowly() {
    const [path, bytes] = [newPath(), nextPicture()]
    const part = Math.ceil(bytes.length / 3)
    for (let at = 0; at < bytes.length; at += part) {
      await appendFile(path, bytes.subarray(at, at + part))
      await wait(random.between(5, 60))
    }
    files.push(path)
  },
  async move() {
    const from = takeFile()
    if (from === undefined) return
    const to = newPath()
    await rename(from, to)
    files.push(to)
  },
  async replace() {
    const path = takeFile()
    if (path === undefined) return
    await writeFile(`${path}.part`, nextPicture())
    await rename(`${path}.part`, path)
    files.push(path)
  },
  async overwrite() {
    const path = takeFile()
    if (path === undefined) return
    await writeFile(path, nextPicture())
    files.push(path)
  },
  async delete() {
    const path = takeFile()
    if (path !== undefined) await unlink(path)
  },
  async hardLink() {
    const path = takeFile()
    if (path === undefined) return
    const other = newPath()
    await link(path, other)
    files.push(path, other)
  },
  async symbolicLink() {
    const path = takeFile()
    if (path === undefined) return
    files.push(path)
    await symlink(path, newPath())
  },
  async makeFolder() {
    const folder = join(random.pick(folders), `folder ${made++}`, 'deep')
    await mkdir(folder, { recursive: true })
    folders.push(folder, dirname(folder))
  },
  async renameFolder() {
    if (folders.length < 3) return
    const from = folders[random.int(1, folders.length - 1)]!
    const to = join(dirname(from), `renamed ${made++}`)
    await rename(from, to)
    respell(from, to)
  },
  async deleteFolder() {
    if (folders.length < 8) return
    const folder = folders[random.int(1, folders.length - 1)]!
    await rm(folder, { recursive: true })
    forget(folder)
  },
}

function respell(from: string, to: string): void {
  for (const list of [folders, files])
    for (const [n, path] of list.entries())
      if (path === from || path.startsWith(`${from}/`)) list[n] = to + path.slice(from.length)
}

function forget(folder: string): void {
  for (const list of [folders, files])
    for (let n = list.length - 1; n >= 0; n--)
      if (list[n] === folder || list[n]!.startsWith(`${folder}/`)) list.splice(n, 1)
}

async function changeLabelled(name: string): Promise<void> {
  const path = whereabouts[name]
  if (path === null || path === undefined) return
  const kind = random.pick(['move', 'edit', 'edit', 'copy', 'rename', 'save'])
  if (kind === 'edit') await writeFile(path, nextPicture(await readFile(path)))
  if (kind === 'save') {
    const bytes = nextPicture(await readFile(path))
    await unlink(path)
    await writeFile(path, bytes)
  }
  if (kind === 'copy') await writeFile(newPath(), await readFile(path))
  if (kind === 'move' || kind === 'rename') {
    const folder = kind === 'rename' ? dirname(path) : join(root, `place ${random.int(0, 3)}`)
    await mkdir(folder, { recursive: true })
    const to = join(folder, `${made++} ${basename(name)}`)
    await rename(path, to)
    whereabouts[name] = to
  }
}

process.on('message', (count: number) => {
  void (async () => {
    const due = random.shuffled(Object.keys(whereabouts)).slice(0, Math.ceil(count / 20))
    for (let n = 0; n < count; n++) {
      const name = n % 20 === 0 ? due.pop() : undefined
      if (name === undefined) await random.pick(Object.values(operations))()
      else await changeLabelled(name)
    }
    process.send!(whereabouts)
  })()
})
process.send!(whereabouts)
