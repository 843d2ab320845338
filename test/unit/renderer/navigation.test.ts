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

  test("follows the browser's history, and addresses that somebody types", () => {
    const entries: { state: unknown; hash: string }[] = [{ state: null, hash: '#/album/5' }]
    let at = 0
    let pop: (event: { state: unknown }) => void = () => undefined
    const page = {
      addEventListener: (_: string, listener: never) => (pop = listener),
      get location() {
        return { hash: entries[at]!.hash }
      },
    }
    const history = {
      state: null,
      pushState: (state: unknown, _: string, hash: string) =>
        void entries.splice(++at, entries.length, { state, hash }),
      replaceState: (state: unknown, _: string, hash: string) => (entries[at] = { state, hash }),
      go: (by: number) => pop({ state: entries[(at += by)]!.state }),
    }
    const navigation = new Navigation()
    navigation.follow(history, page as never)
    expect(navigation.route).toEqual({ view: 'album', album: 5 })
    navigation.findSimilar(1)
    navigation.findSimilar(2)
    navigation.back()
    expect(navigation.route).toMatchObject({ query: { examples: [{ photo: 1 }] } })
    navigation.replace({ view: 'results', query: { examples: [{ photo: 3 }], not: [] } })
    expect(entries.map(({ hash }) => hash)).toEqual(['#/album/5', '#/similar?like=3', '#/similar?like=2'])
    navigation.back()
    navigation.forward()
    expect(navigation.route).toMatchObject({ query: { examples: [{ photo: 3 }] } })
    entries.splice(++at, entries.length, { state: null, hash: '#/model' })
    pop({ state: null })
    expect(navigation.route).toEqual({ view: 'model' })
    // As after a reload: the entry is of a page that is gone.
    at = 0
    pop({ state: { session: 'another', at: 0 } })
    expect(navigation.route).toEqual({ view: 'album', album: 5 })
    expect(navigation.canGoForward).toBe(false)
  })
})
