import { describe, expect, test } from 'vitest'
import {
  networkSourceSchema,
  storedNetworkSource,
} from '../../../../../electron/engine/vision/external/network-file.ts'

const stored = (source: Parameters<typeof storedNetworkSource>[0]): string =>
  JSON.stringify(storedNetworkSource(source))

describe('network source in the catalog', () => {
  test.each([
    { file: '/a.onnx', name: 'a', preprocessing: {} },
    { file: '/a.onnx', name: 'a', preprocessing: { size: 224 } },
    {
      file: '/a.onnx',
      name: 'a',
      preprocessing: { std: [0.2, 0.2, 0.2], mean: [0.5, 0.5, 0.5], size: 24 } as const,
    },
  ])('comes back as it was, and is stored alike again: %j', source => {
    const back = networkSourceSchema.parse(JSON.parse(stored(source)))
    expect(back).toEqual(source)
    expect(stored(back)).toBe(stored(source))
  })

  test('is stored as by earlier releases', () => {
    expect(stored({ file: '/a.onnx', name: 'a', preprocessing: { size: 224 } })).toBe(
      '{"file":"/a.onnx","name":"a","wish":{"size":224}}',
    )
  })

  test.each(['null', '{}', '{"file":"/a","name":"a","wish":{"mean":[1]}}'])('refuses %s', text => {
    expect(networkSourceSchema.safeParse(JSON.parse(text)).success).toBe(false)
  })
})
