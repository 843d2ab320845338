// A file system (FUSE, protocol 7.12) whose files can be listed and opened, and whose reads never return.
// https://www.kernel.org/doc/html/latest/filesystems/fuse.html
import { spawnSync } from 'node:child_process'
import { openSync, read, writeSync } from 'node:fs'

const [folder, ...names] = process.argv.slice(2)
const [LOOKUP, GETATTR, OPEN, READ, INIT, OPENDIR, READDIR, FORGET, INTERRUPT, BATCH_FORGET] = [
  1, 3, 14, 15, 26, 27, 28, 2, 36, 42,
]
const BYTES = 2 ** 20
const device = openSync('/dev/fuse', 'r+')
const mounted = spawnSync(
  'mount',
  ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=40000,user_id=0,group_id=0', 'stalled', folder],
  { stdio: ['ignore', 'inherit', 'inherit', device] },
)
if (mounted.status !== 0) process.exit(1)

let stalled = true
const waiting = new Map()

function reply(unique, body = Buffer.alloc(0), error = 0) {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(16 + body.length, 0)
  header.writeInt32LE(error, 4)
  header.writeBigUInt64LE(unique, 8)
  writeSync(device, Buffer.concat([header, body]))
}

/** The attributes of a node: 1 is the folder, the others are its files. */
function attributes(node) {
  const bytes = Buffer.alloc(88)
  bytes.writeBigUInt64LE(BigInt(node), 0)
  bytes.writeBigUInt64LE(BigInt(node === 1 ? 0 : BYTES), 8)
  bytes.writeUInt32LE(node === 1 ? 0o40755 : 0o100644, 60)
  bytes.writeUInt32LE(1, 64)
  return bytes
}

function entries() {
  return Buffer.concat(
    names.map((name, n) => {
      const bytes = Buffer.alloc(24 + Math.ceil(Buffer.byteLength(name) / 8) * 8)
      bytes.writeBigUInt64LE(BigInt(n + 2), 0)
      bytes.writeBigUInt64LE(BigInt(n + 1), 8)
      bytes.writeUInt32LE(Buffer.byteLength(name), 16)
      bytes.writeUInt32LE(8, 20)
      bytes.write(name, 24)
      return bytes
    }),
  )
}

function handle(request) {
  const operation = request.readUInt32LE(4)
  const unique = request.readBigUInt64LE(8)
  const node = Number(request.readBigUInt64LE(16))
  const body = request.subarray(40)
  if (operation === FORGET || operation === BATCH_FORGET) return
  // Whoever waits was killed; network drives let go of them, too.
  if (operation === INTERRUPT) {
    const given = body.readBigUInt64LE(0)
    if (waiting.delete(given)) reply(given, undefined, -4)
    return
  }
  if (operation === INIT) {
    const answer = Buffer.alloc(64)
    answer.writeUInt32LE(7, 0)
    answer.writeUInt32LE(31, 4)
    answer.writeUInt32LE(2 ** 17, 8)
    answer.writeUInt32LE(2 ** 17, 20)
    reply(unique, answer)
    process.send('mounted')
  } else if (operation === GETATTR) reply(unique, Buffer.concat([Buffer.alloc(16), attributes(node)]))
  else if (operation === LOOKUP) {
    const at = names.indexOf(body.toString('utf8', 0, body.indexOf(0)))
    if (at < 0) return reply(unique, undefined, -2)
    const head = Buffer.alloc(40)
    head.writeBigUInt64LE(BigInt(at + 2), 0)
    reply(unique, Buffer.concat([head, attributes(at + 2)]))
  } else if (operation === OPEN || operation === OPENDIR) reply(unique, Buffer.alloc(16))
  else if (operation === READDIR) reply(unique, body.readBigUInt64LE(8) === 0n ? entries() : undefined)
  else if (operation === READ) {
    const answer = () => reply(unique, Buffer.alloc(body.readUInt32LE(16)))
    if (stalled) waiting.set(unique, answer)
    else answer()
  } else reply(unique, undefined, -38)
}

process.on('message', () => {
  stalled = false
  for (const answer of waiting.values()) answer()
  waiting.clear()
})

const memory = Buffer.alloc(2 ** 18)
function next() {
  read(device, memory, 0, memory.length, null, (error, bytes) => {
    if (error && error.code !== 'ENOENT' && error.code !== 'EINTR') process.exit(0)
    // What it asks for must outlive the memory that it came in.
    if (!error) handle(Buffer.from(memory.subarray(0, bytes)))
    next()
  })
}
next()
