// @vitest-environment jsdom
import { afterEach, describe, expect, test } from 'vitest'
import PhotoTile from '../../../../renderer/components/PhotoTile.svelte'
import { damageWords } from '../../../../renderer/components/damage-words.ts'
import { t } from '../../../../renderer/locales/i18n.ts'
import { library } from '../../../../renderer/state/library.svelte.ts'
import { damageKinds, describeDamage } from '../../../../electron/shared/damage.ts'
import { show } from './shown.ts'

const whole = library.photos
afterEach(() => (library.photos = whole))

describe('damage', () => {
  test.each([
    [{ kind: 'lower-part-missing', share: 0.5 }, 'the lower half is missing'],
    [{ kind: 'left-part-missing', share: 0.304 }, 'the left 30% is missing'],
    [{ kind: 'pieces-missing', share: 0.002 }, 'pieces that make up 1% are missing'],
    [{ kind: 'detail-missing', share: 0 }, 'the fine detail is missing'],
  ] as const)('%o in words', (damage, words) => expect(damageWords(damage)).toBe(words))

  test.each(damageKinds)('%s has the same words here and in a terminal', kind => {
    for (const share of [0.1, 0.5, 0.9])
      expect(damageWords({ kind, share })).toBe(describeDamage({ kind, share }).replace(' %', '%'))
  })

  test('is said by a sign on the photo, and by its name', () => {
    const props = {
      index: 0,
      src: '',
      color: 0,
      label: 'Photo 1 of 2',
      duration: 0,
      parts: 0,
      selected: false,
    }
    const place = { current: true, scrollingFast: true, x: 0, y: 0, width: 90, height: 60 }
    const tile = (id: number): HTMLElement => show(PhotoTile, { id, ...props, ...place })
    library.photos = { ...whole, damaged: [7] }
    const [damaged, good] = [tile(7), tile(8)]
    const name = (root: HTMLElement): string | null => root.querySelector('[role=gridcell]')!.ariaLabel
    expect(name(damaged)).toBe('Photo 1 of 2, damaged')
    expect(name(good)).toBe('Photo 1 of 2')
    const sign = `[title="${t('photo.damaged')}"]`
    expect([damaged, good].map(root => root.querySelector(sign) !== null)).toEqual([true, false])
  })
})
