import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { EventName, Events } from '../../../electron/shared/contract.ts'
import type { ModelSummary } from '../../../electron/shared/results.ts'
import type { Connection } from '../../../renderer/state/connection.svelte.ts'
import { learnedText, Models, stateText } from '../../../renderer/state/models.svelte.ts'
import { navigation } from '../../../renderer/state/navigation.svelte.ts'
import { toasts } from '../../../renderer/state/toasts.svelte.ts'

const version = (id: number, more: Partial<ModelSummary> = {}): ModelSummary =>
  ({ id, name: `v${id}`, origin: 'trained', active: false, accepted: true, ...more }) as ModelSummary

describe('what a version has learned', () => {
  const learned = (recall: [number, number], map: [number, number]): string => {
    const figures = (n: 0 | 1) => ({ recallAt1: recall[n], mapAtR: map[n] }) as ModelSummary['before']
    return learnedText(version(1, { albums: 14, photos: 612, before: figures(0), after: figures(1) }))
  }

  test('is said by the figure that has moved more', () => {
    expect(learned([0.66, 0.81], [0.4, 0.5])).toMatch(/right kind first in 81 of 100 cases, before 66\.$/)
    expect(learned([0.99, 0.99], [0.38, 0.86])).toMatch(/86 of 100 are found first, before 38\.$/)
  })
})

describe('models', () => {
  const call = vi.fn<(method: string, input: unknown) => Promise<unknown>>()
  let models: Models
  let emit: (versions: readonly ModelSummary[]) => void

  beforeEach(() => {
    call.mockReset().mockResolvedValue({})
    toasts.list = []
    models = new Models()
    const on = (_: EventName, listener: (snapshot: Events['models']) => void): void => {
      emit = versions => listener({ versions } as unknown as Events['models'])
    }
    models.start({ call, on } as unknown as Connection)
  })

  test('have one version in use and a newest that was trained', () => {
    emit([version(3, { accepted: false }), version(2, { active: true }), version(1, { origin: 'bundled' })])
    expect([models.active?.id, models.newest?.id]).toEqual([2, 3])
  })

  test.each<[string, ModelSummary[], boolean, RegExp]>([
    [
      'nothing has been learned',
      [version(1, { origin: 'bundled', active: true })],
      false,
      /not learned.*yet/,
    ],
    ['training is running', [version(1, { origin: 'bundled', active: true })], true, /is learning/],
    ['training was no better', [version(2, { accepted: false })], false, /no better/],
    ['an older version is in use', [version(2)], false, /v2 is not in use/],
    ['a trained version is in use', [version(2, { active: true, albums: 3 })], true, /Trained on 3 albums/],
  ])('summarize in one line that %s', (_, versions, learning, words) => {
    emit(versions)
    expect(stateText(models, learning)).toMatch(words)
  })

  test('announce the result of a training that has ended, not what was there before', () => {
    emit([version(2)])
    expect(toasts.list).toEqual([])
    const metrics = { recallAt1: 0.81 } as ModelSummary['after']
    const before = { recallAt1: 0.66 } as ModelSummary['before']
    emit([version(3, { albums: 14, photos: 612, after: metrics, before }), version(2)])
    expect(toasts.list.at(-1)!.text).toMatch(/14 albums, 612 photos.*81.*66/)
    emit([version(4, { accepted: false }), version(3), version(2)])
    expect(toasts.list.at(-1)!.text).toMatch(/no better/)
    emit([version(4, { accepted: false }), version(3), version(2)])
    expect(toasts.list).toHaveLength(2)
    // The page of the model shows the report itself.
    navigation.go({ view: 'model' })
    emit([version(5), version(4, { accepted: false })])
    navigation.back()
    expect(toasts.list).toHaveLength(2)
  })

  test('import a head as base64, byte by byte', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256)
    await models.import(new File([bytes], 'mine.kindredhead'))
    const [method, input] = call.mock.calls[0]! as [string, { name: string; base64: string }]
    expect([method, input.name]).toEqual(['models.import', 'mine.kindredhead'])
    expect(new Uint8Array(Buffer.from(input.base64, 'base64'))).toEqual(bytes)
  })

  test('show a failure instead of throwing it', async () => {
    call.mockRejectedValue(new Error('gone'))
    await models.train()
    expect(toasts.list).toHaveLength(1)
  })
})
