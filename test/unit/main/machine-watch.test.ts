import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MachineWatch, type Monitor } from '../../../electron/main/machine-watch.ts'
import { asMachineState, type MachineState } from '../../../electron/shared/machine-state.ts'

/** Electron's powerMonitor, as far as it is used, of a machine whose state is set. */
class FakeMonitor extends EventEmitter {
  battery = false
  thermal: ReturnType<Monitor['getCurrentThermalState']> = 'unknown'
  idle = 0
  isOnBatteryPower = (): boolean => this.battery
  getCurrentThermalState = (): typeof this.thermal => this.thermal
  getSystemIdleTime = (): number => this.idle
}

let monitor: FakeMonitor
let told: MachineState[]
let watch: MachineWatch

beforeEach(() => {
  vi.useFakeTimers()
  monitor = new FakeMonitor()
  told = []
  watch = new MachineWatch(
    monitor as unknown as Monitor,
    state => told.push(state),
    () => 1_000_000,
  )
})
afterEach(() => vi.useRealTimers())

describe('machine watch', () => {
  test('tells of battery and heat as soon as they change', () => {
    watch.start()
    expect(told).toEqual([])
    monitor.battery = true
    monitor.emit('on-battery')
    monitor.thermal = 'serious'
    monitor.emit('thermal-state-change', { state: 'serious' })
    monitor.battery = false
    monitor.emit('on-ac')
    monitor.thermal = 'fair'
    monitor.emit('resume')
    expect(told.map(({ onBattery, hot }) => [onBattery, hot])).toEqual([
      [true, false],
      [true, true],
      [false, true],
      [false, false],
    ])
  })

  test('tells now and then since when nobody has touched the computer', () => {
    watch.start()
    monitor.idle = 130
    vi.advanceTimersByTime(45_000)
    expect(told.map(({ untouchedSince }) => untouchedSince)).toEqual([870_000, 870_000, 870_000])
  })

  test('is understood by the engine, and nothing else is', () => {
    watch.report()
    expect(asMachineState({ type: 'machine', state: told[0] })).toEqual(told[0])
    for (const message of [
      undefined,
      null,
      'machine',
      { type: 'machine' },
      { type: 'machine', state: { ...told[0], hot: 1 } },
      { type: 'machine', state: { ...told[0], untouchedSince: NaN } },
      { type: 'call', state: told[0] },
    ])
      expect(asMachineState(message)).toBeUndefined()
  })
})
