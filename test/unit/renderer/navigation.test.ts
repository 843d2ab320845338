import { describe, expect, test } from 'vitest'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'

describe('navigation', () => {
  test('goes back and forward like pages', () => {
    const navigation = new Navigation()
    navigation.findSimilar(7)
    navigation.go({ view: 'settings' })
    expect(navigation.canGoForward).toBe(false)
    navigation.back()
    expect(navigation.route).toEqual({ view: 'results', query: { examples: [{ photo: 7 }], not: [] } })
    navigation.back()
    expect(navigation.canGoBack).toBe(false)
    navigation.back()
    expect(navigation.route).toEqual({ view: 'library' })
    navigation.forward()
    expect(navigation.route.view).toBe('results')
  })

  test('forgets the pages ahead when it goes to another one', () => {
    const navigation = new Navigation()
    navigation.findSimilar(7)
    navigation.back()
    navigation.findSimilarToUpload('abc', 'dog.jpg')
    expect(navigation.canGoForward).toBe(false)
    expect(navigation.route).toMatchObject({
      query: { examples: [{ upload: 'abc' }], labels: { abc: 'dog.jpg' } },
    })
  })

  test('keeps how each page was left, also when its query changes', () => {
    const navigation = new Navigation()
    navigation.visit.memory.set('scroll', 1200)
    navigation.findSimilar(7)
    navigation.visit.memory.set('scroll', 30)
    const { key } = navigation.visit
    navigation.replace({ view: 'results', query: { examples: [{ photo: 7 }], not: [{ photo: 8 }] } })
    expect(navigation.visit.key).toBe(key)
    expect(navigation.visit.memory.get('scroll')).toBe(30)
    navigation.back()
    expect(navigation.visit.memory.get('scroll')).toBe(1200)
  })

  test("follows the browser's history", () => {
    const states: unknown[] = [null]
    let at = 0
    let pop: (event: { state: unknown }) => void = () => undefined
    const history = {
      state: null,
      pushState: (state: unknown) => void states.splice(++at, states.length, state),
      replaceState: (state: unknown) => (states[at] = state),
      go: (by: number) => pop({ state: states[(at += by)] }),
    }
    const page = { addEventListener: (_: string, listener: never) => (pop = listener) }
    const navigation = new Navigation()
    navigation.follow(history, page as never)
    navigation.findSimilar(1)
    navigation.findSimilar(2)
    navigation.back()
    expect(navigation.route).toMatchObject({ query: { examples: [{ photo: 1 }] } })
    pop({ state: { kindred: 99 } })
    expect(navigation.route).toMatchObject({ query: { examples: [{ photo: 2 }] } })
    pop({ state: null })
    expect(navigation.route).toMatchObject({ query: { examples: [{ photo: 2 }] } })
  })
})
