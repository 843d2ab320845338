/** Exposure time as cameras show it: `1/250`, or seconds from 0.4 on. */
export const exposureTime = (seconds: number): string =>
  seconds < 0.4 ? `1/${Math.round(1 / seconds)}` : oneDecimal(seconds)

export const oneDecimal = (value: number): string => String(Math.round(value * 10) / 10)
