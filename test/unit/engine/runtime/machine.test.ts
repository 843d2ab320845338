import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CpuLoad } from '../../../../electron/engine/runtime/cpu-load.ts'
import { isOnBattery, Machine } from '../../../../electron/engine/runtime/machine.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()

type Supply = Readonly<Record<string, string>>

/** What Linux would tell under /sys/class/power_supply. */
function powerSupplies(supplies: Readonly<Record<string, Supply>>): string {
  const folder = scratch.folder()
  for (const [name, files] of Object.entries(supplies)) {
    mkdirSync(join(folder, name))
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`)
  }
  return folder
}

const mains = (online: string): Supply => ({ type: 'Mains', online })
const battery = (status: string): Supply => ({ type: 'Battery', status, capacity: '56', present: '1' })

describe('machine', () => {
  test.each<[string, Readonly<Record<string, Supply>>, boolean]>([
    ['without batteries', { AC: mains('1') }, false],
    ['that tells nothing', {}, false],
    ['plugged in', { AC: mains('1'), BAT0: battery('Charging') }, false],
    ['plugged in and full', { AC: mains('1'), BAT0: battery('Full') }, false],
    ['that spares its battery', { AC: mains('1'), BAT0: battery('Not charging') }, false],
    ['unplugged', { AC: mains('0'), BAT0: battery('Discharging') }, true],
    ['with two batteries, one of them in use', { BAT0: battery('Full'), BAT1: battery('Discharging') }, true],
    [
      'with a mouse of its own battery',
      { AC: mains('1'), hid: { ...battery('Discharging'), scope: 'Device' } },
      false,
    ],
    ['with a scope that says so', { BAT0: { ...battery('Discharging'), scope: 'System' } }, true],
    ['with a battery that tells nothing', { BAT0: { type: 'Battery' } }, false],
    ['with something else', { ucsi: { type: 'USB', status: 'Discharging' } }, false],
  ])('%s', (_, supplies, expected) => {
    const folder = powerSupplies(supplies)
    expect(isOnBattery(folder)).toBe(expected)
    expect(machineOf({ power: folder }).whyBusy()).toBe(expected ? 'on-battery' : null)
  })

  test('that is no Linux has room', () => {
    expect(isOnBattery(join(scratch.folder(), 'nowhere'))).toBe(false)
    expect(machineOf({ power: join(scratch.folder(), 'nowhere') }).whyBusy()).toBeNull()
  })

  test('is busy above three quarters of its cores', () => {
    const busy = (load: number, own = 0): string | null =>
      machineOf({ load: () => load, cores: 8 }).whyBusy(own)
    expect(busy(5.9)).toBeNull()
    expect(busy(6.1)).toBe('busy')
    // What asks is not busy by itself.
    expect(busy(7.1, 1)).toBe('busy')
    expect(busy(6.9, 1)).toBeNull()
  })

  test('waits for what its host reports, and no longer than that', () => {
    const machine = machineOf({})
    const calm = { onBattery: false, hot: false, untouchedSince: 5 }
    expect(machine.untouchedSince).toBeUndefined()
    machine.report({ ...calm, onBattery: true })
    expect(machine.whyBusy()).toBe('on-battery')
    machine.report({ ...calm, hot: true })
    expect(machine.whyBusy()).toBe('hot')
    machine.report(calm)
    expect(machine.whyBusy()).toBeNull()
    expect(machine.untouchedSince).toBe(5)
    // A host that knows of no battery says so where the system lists one.
    const laptop = machineOf({ power: powerSupplies({ BAT0: battery('Discharging') }) })
    laptop.report(calm)
    expect(laptop.whyBusy()).toBe('on-battery')
  })

  test('without a load average, such as Windows, is measured by the times of its cores', () => {
    const cores = new Cores(8)
    const machine = machineOf({ load: () => 0, cores: 8, cpuLoad: cores.load })
    expect(machine.whyBusy()).toBeNull()
    cores.load.sample()
    cores.pass(30, 7)
    expect(machine.whyBusy()).toBe('busy')
    expect(machine.whyBusy(1)).toBeNull()
    cores.pass(30, 1)
    expect(machine.whyBusy()).toBeNull()
  })
})

/** Without batteries and load, unless something else is given. */
const machineOf = (sources: ConstructorParameters<typeof Machine>[0]): Machine =>
  new Machine({
    power: powerSupplies({}),
    load: () => 0,
    cores: 4,
    cpuLoad: new CpuLoad(() => []),
    ...sources,
  })

/** Cores whose times pass as told. */
class Cores {
  readonly load = new CpuLoad(
    () => this.#times.map(times => ({ times: { ...times } })),
    () => this.#now,
  )
  readonly #times
  #now = 0

  constructor(count: number) {
    this.#times = Array.from({ length: count }, () => ({ user: 7e6, nice: 0, sys: 3e6, idle: 9e7, irq: 0 }))
  }

  pass(seconds: number, busy: number): void {
    this.#now += 1000 * seconds
    this.#times.forEach((times, core) => (times[core < busy ? 'user' : 'idle'] += 1000 * seconds))
  }
}

describe('load of the cores', () => {
  test('is the share of the last minute', () => {
    const cores = new Cores(4)
    expect(cores.load.share()).toBe(0)
    const shares: number[] = []
    // A busy hour, then a quiet one.
    for (const busy of [4, 0])
      for (let i = 0; i < 360; i++) {
        cores.load.sample()
        cores.pass(10, busy)
        shares.push(cores.load.share())
      }
    expect(shares[0]).toBe(1)
    expect(shares[359]).toBe(1)
    expect(shares[362]).toBeGreaterThan(0.3)
    expect(shares[362]).toBeLessThan(0.7)
    expect(shares[370]).toBe(0)
  })

  test('is 0 where the system tells nothing of its cores, or sets their times back', () => {
    const silent = new CpuLoad(() => [])
    silent.sample()
    expect(silent.share()).toBe(0)
    const cores = new Cores(2)
    cores.load.sample()
    cores.pass(-20, 1)
    expect(cores.load.share()).toBe(0)
  })

  test('of this machine lies between none and all', async () => {
    const load = new CpuLoad()
    load.sample()
    const end = performance.now() + 60
    while (performance.now() < end) Math.sqrt(end)
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(load.share()).toBeGreaterThan(0)
    expect(load.share()).toBeLessThanOrEqual(1)
  })
})
