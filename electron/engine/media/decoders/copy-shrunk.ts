/** Pixels in rows that may be longer than the picture is wide; 8 bits a channel. */
export interface RasterRows {
  readonly rows: Uint8Array
  /** Bytes from one row to the next. */
  readonly stride: number
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
}

/** Pixels without gaps. */
export interface RasterCopy {
  readonly data: Uint8Array<ArrayBuffer>
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
}

/**
 * Copies pixels out of a decoder's memory. Where much fewer are needed, each square of them becomes their mean, as
 * libvips does before it resizes: what is left still has twice the pixels that are needed on each side.
 * @param shortSide pixels of the short side that are needed at least
 */
export function copyShrunk(source: RasterRows, shortSide: number): RasterCopy {
  const { width, height } = source
  const factor = Math.floor(Math.min(width, height) / (2 * shortSide))
  return factor >= 2 ? shrunk(source, factor) : copied(source)
}

function copied({ rows, stride, width, height, channels }: RasterRows): RasterCopy {
  const length = width * channels
  const data = new Uint8Array(length * height)
  for (let y = 0; y < height; y++) data.set(rows.subarray(y * stride, y * stride + length), y * length)
  return { data, width, height, channels }
}

/** The mean of each square; pixels beyond the last whole square are left out. */
function shrunk({ rows, stride, width, height, channels }: RasterRows, factor: number): RasterCopy {
  const [w, h] = [Math.floor(width / factor), Math.floor(height / factor)]
  const data = new Uint8Array(w * h * channels)
  const sums = new Uint32Array(w * channels)
  const area = factor * factor
  for (let y = 0; y < h; y++) {
    sums.fill(0)
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      let at = row * stride
      for (let to = 0; to < sums.length; to += channels)
        for (let n = 0; n < factor; n++)
          for (let channel = 0; channel < channels; channel++) sums[to + channel]! += rows[at++]!
    }
    for (let n = 0; n < sums.length; n++) data[y * sums.length + n] = (sums[n]! + area / 2) / area
  }
  return { data, width: w, height: h, channels }
}

/** The same without its alpha where that is opaque everywhere: what decoders add to every picture. */
export function withoutOpaqueAlpha(copy: RasterCopy): RasterCopy {
  const { data, channels, width, height } = copy
  if (channels === 3) return copy
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return copy
  const opaque = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    opaque[to] = data[from]!
    opaque[to + 1] = data[from + 1]!
    opaque[to + 2] = data[from + 2]!
  }
  return { data: opaque, width, height, channels: 3 }
}
