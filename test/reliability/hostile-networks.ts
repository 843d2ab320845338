import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setInterval as every } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Random } from '../../electron/shared/random.ts'
import { nextStepFor } from '../../electron/hosts/next-steps.ts'
import { Cli, repository } from '../support/cli.ts'
import { writePicture } from '../support/small-photos.ts'
import { file, floats, int, integers, node } from '../unit/engine/vision/onnx-graph/build.ts'
import type { Campaign } from './campaign.ts'

/** Bytes of memory that the program may take with all its processes, while the network is tried. */
const MOST_MEMORY = 3 * 2 ** 30
const SIZE = 32
const FEATURES = 3 * SIZE ** 2

/** Brings in networks and heads that were made to do harm. */
export const hostileNetworks: Campaign = {
  name: 'hostile-networks',
  title: 'hostile networks and heads',
  promise: 'each is accepted or refused in known words, in bounded memory, and the library stays as it was',
  count: 30,
  quickCount: 2,

  async run({ count, random, folder, log }) {
    const photos = join(folder, 'photos')
    for (let n = 0; n < 3; n++) await writePicture(join(photos, `${n}.jpg`), n)
    const cli = new Cli(join(folder, 'library'))
    await cli.index(photos)
    const losses: string[] = []
    const files = random.shuffled(hostileFiles(folder, random))
    let accepted = 0
    for (let n = 0; n < count; n++) {
      const { name, sized } = files[n % files.length]!
      const path = join(folder, 'networks', name)
      let peak = 0
      const run = await cli.run(['models', 'import', path, ...(sized ? ['--size', String(SIZE)] : [])], {
        onStart: child => {
          void watch(child.pid!, bytes => (peak = Math.max(peak, bytes)))
        },
      })
      if (run.status === 0) accepted++
      else if (run.status !== 1) losses.push(`${name}: the program ended with ${run.signal ?? run.status}`)
      else if (!known.some(words => run.stderr.includes(words))) losses.push(`${name}: ${run.stderr}`)
      if (peak > MOST_MEMORY) losses.push(`${name}: ${Math.round(peak / 2 ** 20)} MB of memory`)
      log(
        `${name}: ${run.status === 0 ? 'accepted' : run.stderr.split('\n')[0]} (${Math.round(peak / 2 ** 20)} MB)`,
      )
    }
    const { ok, problems } = await cli.doctor()
    if (!ok) losses.push(...problems.map(({ message }) => message))
    return { attacks: count, losses, remarks: `${accepted} were accepted` }
  },
}

const known = (['network-invalid', 'not-a-model', 'head-invalid', 'not-a-file'] as const).map(nextStepFor)

/** Reports the memory of a process with its children, until it ends. */
async function watch(pid: number, report: (bytes: number) => void): Promise<void> {
  for await (const _ of every(100)) {
    const own = residentOf(pid)
    if (own === undefined) return
    report(own + childrenOf(pid).reduce((sum, child) => sum + (residentOf(child) ?? 0), 0))
  }
}

function residentOf(pid: number): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(task =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

interface HostileFile {
  readonly name: string
  /** Whether its input is said. */
  readonly sized: boolean
}

/** Makes the files. */
function hostileFiles(folder: string, random: Random): HostileFile[] {
  const networks = join(folder, 'networks')
  mkdirSync(networks)
  const files: HostileFile[] = []
  const add = (name: string, bytes: Uint8Array, sized = true): void => {
    writeFileSync(join(networks, name), bytes)
    files.push({ name, sized })
  }
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.int(0, 255)))
  const weights = (rows: number, columns: number) =>
    floats(
      [rows, columns],
      Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
    )
  const flat = node('Flatten', 'x', 'f', { axis: int(1) })
  const product = node('MatMul', 'f w', 'z')
  const w = weights(FEATURES, 8)

  const bundled = readFileSync(join(repository, 'resources/models/kindred-1.onnx'))
  add('noise.onnx', noise(100_000))
  add('empty.onnx', Buffer.alloc(0))
  add('cut.onnx', bundled.subarray(0, bundled.length / 2), false)
  for (let n = 0; n < 8; n++) {
    const bytes = Buffer.from(bundled)
    for (let changes = 40; changes > 0; changes--)
      bytes[random.int(0, random.chance(0.7) ? 40_000 : bytes.length - 1)] = random.int(0, 255)
    add(`changed-${n}.onnx`, bytes, false)
  }
  add('good.onnx', file({ nodes: [flat, node('MatMul', 'f w', 'y')], weights: { w } }))
  add('all-the-same.onnx', file({ nodes: [flat, product, node('Sub', 'z z', 'y')], weights: { w } }))
  add('no-numbers.onnx', file({ nodes: [flat, product, node('Log', 'z', 'y')], weights: { w } }))
  add('circle.onnx', file({ nodes: [node('Add', 'y y', 'y')] }))
  add('unknown-operator.onnx', file({ nodes: [flat, node('Explode', 'f', 'y')] }))
  add('two-inputs.onnx', file({ nodes: [node('Add', 'x other', 'y')], inputs: ['x', 'other'] }))
  add('no-output.onnx', file({ nodes: [flat], outputs: [] }))
  add(
    'weights-that-lie.onnx',
    file({ nodes: [flat, node('MatMul', 'f w', 'y')], weights: { w: { ...w, dims: [FEATURES, 2 ** 31] } } }),
  )
  const filled = [node('ConstantOfShape', 's', 'c'), node('ReduceSum', 'c', 'q', { keepdims: int(0) })]
  add(
    '64-gigabytes.onnx',
    file({
      nodes: [...filled, flat, product, node('Add', 'z q', 'y')],
      weights: { w, s: integers(4000, 4000, 1000) },
    }),
  )
  const growing = Array.from({ length: 24 }, (_, n) =>
    node('Concat', `${n === 0 ? 'f' : `g${n}`} ${n === 0 ? 'f' : `g${n}`}`, n === 23 ? 'y' : `g${n + 1}`, {
      axis: int(1),
    }),
  )
  add('doubling.onnx', file({ nodes: [flat, ...growing] }))
  const chain = Array.from({ length: 30_000 }, (_, n) =>
    node('Sin', n === 0 ? 'z' : `t${n}`, n === 29_999 ? 'y' : `t${n + 1}`),
  )
  add('30000-steps.onnx', file({ nodes: [flat, product, ...chain], weights: { w } }))
  const elsewhere = { dims: [8], dataType: 1, dataLocation: 1 }
  const outside = file({ nodes: [flat, product, node('Add', 'z p', 'y')], weights: { w, p: elsewhere } })
  add('weights-elsewhere.onnx', outside)
  symlinkSync('/dev/zero', join(networks, 'endless.onnx'))
  symlinkSync('/dev/zero', join(networks, 'endless.kindredhead'))
  files.push({ name: 'endless.onnx', sized: true }, { name: 'endless.kindredhead', sized: false })

  const head = (header: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(Buffer.byteLength(header))
    return gzipSync(Buffer.concat([Buffer.from('KINDHEAD'), length, Buffer.from(header), body]))
  }
  const described = {
    format: 1,
    name: 'x',
    backbone: 'a'.repeat(64),
    inputLength: 8192,
    dimension: 8192,
    sha256: '00',
  }
  add('bomb.kindredhead', gzipSync(Buffer.alloc(3e8)), false)
  add('noise.kindredhead', noise(5000), false)
  add(
    'prototype.kindredhead',
    head(`{"__proto__":{"a":1},${JSON.stringify(described).slice(1)}`, Buffer.alloc(10)),
    false,
  )
  add(
    'length.kindredhead',
    gzipSync(Buffer.concat([Buffer.from('KINDHEAD'), Buffer.alloc(4, 255), Buffer.alloc(30)])),
    false,
  )
  add('nested.json', Buffer.from('['.repeat(200_000)), false)
  return files
}
