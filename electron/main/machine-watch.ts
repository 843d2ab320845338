import type { PowerMonitor } from 'electron'
import type { MachineState } from '../shared/machine-state.ts'

/** Milliseconds between two looks at the time since the last input, which has no event. */
const EVERY_MS = 15_000

export type Monitor = Pick<
  PowerMonitor,
  'isOnBatteryPower' | 'getCurrentThermalState' | 'getSystemIdleTime' | 'on'
>

/** Tells the engine what only Electron knows of the machine. Elsewhere than on a Mac the thermal state is unknown. */
export class MachineWatch {
  readonly #monitor: Monitor
  readonly #tell: (state: MachineState) => void
  readonly #now: () => number

  constructor(monitor: Monitor, tell: (state: MachineState) => void, now: () => number = Date.now) {
    this.#monitor = monitor
    this.#tell = tell
    this.#now = now
  }

  /** Call it once Electron is ready. */
  start(): void {
    const report = (): void => this.report()
    this.#monitor.on('on-battery', report)
    this.#monitor.on('on-ac', report)
    this.#monitor.on('thermal-state-change', report)
    this.#monitor.on('resume', report)
    setInterval(report, EVERY_MS).unref()
  }

  report(): void {
    const thermal = this.#monitor.getCurrentThermalState()
    this.#tell({
      onBattery: this.#monitor.isOnBatteryPower(),
      hot: thermal === 'serious' || thermal === 'critical',
      untouchedSince: this.#now() - 1000 * this.#monitor.getSystemIdleTime(),
    })
  }
}
