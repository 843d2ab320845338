/**
 * @file A program beside Kindred that changes photos at random: `node change-photos.ts FOLDER SEED [IMAGE PLACE]`, the last
 * two for a drive that comes and goes (removable-drive.ts). It makes so many changes as each message says, and replies with
 * what became of the photos that are labelled: each is changed at most once between two replies, for nobody could tell a
 * photo that was moved and edited from a new one.
 */
import { mkdir, open, readdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Random } from '../../../electron/shared/random.ts'
import { isBelow, linkOrCopy, move, PhotoTree } from './photo-tree.ts'
import { RemovableDrive } from './removable-drive.ts'

/** Labelled photos by the names that they had at first; null for one that was deleted. */
export type Whereabouts = Readonly<Record<string, string | null>>

export interface ChangeRequest {
  readonly count: number
  /** Milliseconds between two changes, on average. */
  readonly pause: number
  /** Whether the drive is there in the end; otherwise that is left to chance. */
  readonly attached: boolean
}

const [root = '', seed = '', image, place] = process.argv.slice(2)
const random = new Random(seed)
const drive = image && place ? new RemovableDrive(image, place) : undefined
const whereabouts: Record<string, string | null> = {}
for (const folder of [root, ...(drive ? [drive.place] : [])])
  for (const name of await readdir(join(folder, 'labelled')))
    whereabouts[name] = join(folder, 'labelled', name)
const pictures = await Promise.all(Object.values(whereabouts).map(path => readFile(path!)))
const tree = new PhotoTree(random, [join(root, 'a'), ...(drive ? [drive.place] : [])])
/** Labelled photos that were changed on the drive and that nobody can have seen since. */
const unseen = new Set<string>()
/** Files that are written beside all else. */
let writing: Promise<void>[] = []
await mkdir(join(root, 'a'), { recursive: true })

/** A picture of which no other file has the content: its comment counts. */
function nextPicture(base = random.pick(pictures)): Buffer {
  const text = Buffer.from(`${seed} ${tree.nextNumber()}`)
  const comment = Buffer.concat([Buffer.of(0xff, 0xfe, 0, text.length + 2), text])
  return Buffer.concat([base.subarray(0, 2), comment, base.subarray(2)])
}

/** With a file that is there, which is put back. */
async function withFile(work: (path: string) => Promise<string | undefined>): Promise<void> {
  const path = tree.takeFile()
  const left = path && (await work(path))
  if (left) tree.addFiles(left)
}

/** A file that grows for up to four seconds, with pauses in which it looks finished. */
async function grow(path: string, bytes: Buffer, isWhole: () => void): Promise<void> {
  const file = await open(path, 'w')
  const parts = random.int(3, 8)
  for (let n = 0; n < parts; n++) {
    const [from, to] = [n, n + 1].map(part => Math.floor((part * bytes.length) / parts))
    await file.write(bytes.subarray(from, to))
    await wait(random.between(50, 600))
  }
  await file.close()
  isWhole()
}

const operations: Record<string, () => Promise<void>> = {
  async create() {
    const path = tree.newPath()
    await writeFile(path, nextPicture())
    tree.addFiles(path)
  },
  writeSlowly() {
    const path = tree.newPath()
    writing.push(grow(path, nextPicture(), tree.growing(path)))
    return Promise.resolve()
  },
  moveToFolder: () =>
    withFile(async from => {
      const to = tree.newPath()
      await move(from, to)
      return to
    }),
  rename: () =>
    withFile(async from => {
      const to = join(dirname(from), `${tree.nextNumber()}.jpg`)
      await rename(from, to)
      return to
    }),
  replaceByRename: () =>
    withFile(async path => {
      await writeFile(`${path}.part`, nextPicture())
      await rename(`${path}.part`, path)
      return path
    }),
  overwrite: () =>
    withFile(async path => {
      await writeFile(path, nextPicture())
      return path
    }),
  delete: () =>
    withFile(async path => {
      await unlink(path)
      return undefined
    }),
  hardLink: () =>
    withFile(async path => {
      const other = tree.newPath()
      await linkOrCopy(path, other)
      tree.addFiles(other)
      return path
    }),
  symbolicLink: () =>
    withFile(async path => {
      await symlink(path, tree.newPath())
      return path
    }),
  async makeFolder() {
    const folder = join(tree.anyFolder(), `folder ${tree.nextNumber()}`, 'deep')
    await mkdir(folder, { recursive: true })
    tree.addFolders(folder, dirname(folder))
  },
  async renameFolder() {
    const from = tree.looseFolder()
    if (from === undefined) return
    const to = join(dirname(from), `renamed ${tree.nextNumber()}`)
    await rename(from, to)
    tree.respell(from, to)
  },
  async moveFolder() {
    const from = tree.looseFolder()
    const into = tree.anyFolder()
    if (from === undefined || isBelow(into, from) || isOnDrive(from) !== isOnDrive(into)) return
    const to = join(into, `moved ${tree.nextNumber()}`)
    await rename(from, to)
    tree.respell(from, to)
  },
  async deleteFolder() {
    const folder = tree.folderCount < 10 ? undefined : tree.looseFolder()
    // One into which somebody writes comes back while it is deleted.
    if (folder === undefined || tree.isWritten(folder)) return
    await rm(folder, { recursive: true })
    tree.forget(folder)
  },
  async plugOrUnplug() {
    if (!drive || !random.chance(0.3)) return
    if (!drive.isAttached) attach(drive)
    else if (!tree.isWritten(drive.place)) await detach(drive)
  },
}

const isOnDrive = (path: string): boolean => drive !== undefined && isBelow(path, drive.place)

function attach(drive: RemovableDrive): void {
  if (drive.isAttached) return
  drive.attach()
  tree.back()
}

async function detach(drive: RemovableDrive): Promise<void> {
  await drive.detach()
  tree.awayIs(drive.place)
}

async function changeLabelled(name: string): Promise<void> {
  const path = whereabouts[name]
  if (path === null || path === undefined) return
  if (isOnDrive(path)) {
    if (!drive!.isAttached) return
    unseen.add(name)
  }
  const kind = random.pick(['move', 'edit', 'edit', 'copy', 'rename', 'save'])
  if (kind === 'edit') await writeFile(path, nextPicture(await readFile(path)))
  if (kind === 'save') {
    const bytes = nextPicture(await readFile(path))
    await unlink(path)
    await writeFile(path, bytes)
  }
  if (kind === 'copy') await writeFile(tree.newPath(), await readFile(path))
  if (kind === 'move' || kind === 'rename') {
    const folder = kind === 'rename' ? dirname(path) : join(root, `place ${random.int(0, 3)}`)
    await mkdir(folder, { recursive: true })
    const to = join(folder, `${tree.nextNumber()} ${basename(name)}`)
    await move(path, to)
    whereabouts[name] = to
  }
}

async function change({ count, pause, attached }: ChangeRequest): Promise<void> {
  const changeable = Object.keys(whereabouts).filter(name => !unseen.has(name))
  const due = random.shuffled(changeable).slice(0, Math.ceil(count / 20))
  for (let n = 0; n < count; n++) {
    const name = n % 20 === 0 ? due.pop() : undefined
    if (name === undefined) await random.pick(Object.values(operations))()
    else await changeLabelled(name)
    if (pause > 0) await wait(random.between(0, 2 * pause))
  }
  await Promise.all(writing)
  writing = []
  if (attached && drive) attach(drive)
  if (drive?.isAttached) unseen.clear()
}

process.on('message', (request: ChangeRequest) => {
  void change(request).then(() => process.send!(whereabouts))
})
process.send!(whereabouts)
