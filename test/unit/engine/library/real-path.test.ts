import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  canonicalPath,
  librarySpelling,
  spelledOtherwise,
  type PathSystem,
} from '../../../../electron/engine/library/real-path.ts'
import { fsPath } from '../../../../electron/engine/library/paths.ts'
import { bytePath, Scratch } from '../scratch.ts'

const scratch = new Scratch()

/** A system with these files, found whatever their case and form; a path may lead to another by a link. */
function foldingSystem(
  platform: NodeJS.Platform,
  files: readonly string[],
  links: Readonly<Record<string, string>> = {},
): PathSystem {
  const fold = (path: string): string => path.normalize('NFC').toLowerCase()
  const realPath = (path: string): string => {
    const link = Object.keys(links).find(from => fold(path).startsWith(fold(from)))
    const target = link === undefined ? path : links[link]! + path.slice(link.length)
    const file = files.find(one => fold(one) === fold(target))
    if (file === undefined) throw new Error('ENOENT')
    return file
  }
  return { platform, realPath }
}

describe('paths of the library on Windows', () => {
  const photos = 'C:\\Users\\Ada\\Pictures'
  const system = foldingSystem(
    'win32',
    [photos, `${photos}\\2024`, 'C:\\Users\\Ada', '\\\\nas\\photos', 'D:\\'],
    {
      'Z:\\': '\\\\nas\\photos',
    },
  )

  test.each([
    ['as it is', photos],
    ['in another case', 'c:\\users\\ADA\\pictures'],
    ['with a prefix', `\\\\?\\${photos}`],
    ['with a separator at its end', `${photos}\\`],
    ['with slashes', 'C:/Users/Ada/Pictures'],
    ['by way of its parent', `${photos}\\2024\\..`],
  ])('one folder is one root: %s', (_, given) => {
    expect(librarySpelling(given, [], system)).toBe(photos)
    expect(librarySpelling(given, [photos], system)).toBe(photos)
    // As an earlier version has stored it.
    expect(librarySpelling(given, ['c:\\USERS\\ada\\pictures'], system)).toBe('c:\\USERS\\ada\\pictures')
  })

  test('a folder within a root is spelled as its files are', () => {
    expect(librarySpelling('c:\\users\\ada\\pictures\\2024', [photos], system)).toBe(`${photos}\\2024`)
    expect(librarySpelling(`${photos}\\2024`, ['c:\\users\\ada'], system)).toBe(
      'c:\\users\\ada\\Pictures\\2024',
    )
  })

  test('a drive letter and the share that it stands for are one root', () => {
    expect(librarySpelling('Z:\\', ['\\\\nas\\photos'], system)).toBe('\\\\nas\\photos')
    expect(librarySpelling('\\\\?\\UNC\\nas\\photos', ['Z:\\'], system)).toBe('Z:\\')
  })

  test('a folder with a name that begins alike is another', () => {
    const other = foldingSystem('win32', [photos, `${photos}-2`])
    expect(librarySpelling(`${photos}-2`, [photos], other)).toBe(`${photos}-2`)
  })

  test('a whole drive is a root', () => {
    expect(librarySpelling('d:\\', [], system)).toBe('D:\\')
    const all = foldingSystem('win32', ['D:\\', 'D:\\Photos'])
    expect(librarySpelling('d:\\photos', ['D:\\'], all)).toBe('D:\\Photos')
  })

  test('where the drive cannot tell, case makes no second root', () => {
    const silent = foldingSystem('win32', [])
    expect(librarySpelling('r:\\PHOTOS', ['R:\\Photos'], silent)).toBe('R:\\Photos')
    expect(librarySpelling('\\\\?\\R:\\Photos', [], silent)).toBe('R:\\Photos')
    expect(librarySpelling('r:\\photos\\New', ['R:\\Photos'], silent)).toBe('R:\\Photos\\New')
  })

  test('a root that lies in the folder under another spelling is found', () => {
    const roots = ['c:\\users\\ada\\pictures', 'D:\\']
    expect(spelledOtherwise('C:\\Users\\Ada', roots, system)).toEqual([
      { from: 'c:\\users\\ada\\pictures', to: photos },
    ])
    expect(spelledOtherwise('C:\\Users\\Ada', [photos, 'D:\\'], system)).toEqual([])
  })
})

describe('paths of the library on a Mac', () => {
  const [composed, decomposed] = ['/Users/zo\u00eb/Pictures', '/Users/zoe\u0308/Pictures']

  test.each([
    ['HFS+, which keeps names decomposed', decomposed],
    ['APFS, which keeps them as they were given', composed],
  ])('both forms of a letter are one root on %s', (_, stored) => {
    const system = foldingSystem('darwin', [stored, `${stored}/2024`])
    for (const given of [composed, decomposed, composed.toUpperCase()]) {
      expect(librarySpelling(given, [], system)).toBe(stored)
      for (const root of [composed, decomposed]) {
        expect(librarySpelling(given, [root], system)).toBe(root)
        expect(librarySpelling(`${given}/2024`, [root], system)).toBe(`${root}/2024`)
      }
    }
  })

  test('they are while the drive is unplugged, too', () => {
    const system = foldingSystem('darwin', [])
    expect(librarySpelling('/volumes/zoe\u0308', ['/Volumes/Zo\u00eb'], system)).toBe('/Volumes/Zo\u00eb')
  })
})

describe.skipIf(process.platform === 'win32')('paths of the library by links', () => {
  const made = (...names: string[]): string => {
    const folder = realpathSync(scratch.folder())
    for (const name of names) mkdirSync(join(folder, name), { recursive: true })
    return folder
  }

  test('a link and its target are one root', () => {
    const [folder, link] = [made('photos/2024'), join(made(), 'link')]
    const photos = join(folder, 'photos')
    symlinkSync(photos, link)
    expect(librarySpelling(link, [])).toBe(photos)
    expect(librarySpelling(photos, [link])).toBe(link)
    expect(librarySpelling(join(photos, '2024'), [link])).toBe(join(link, '2024'))
    expect(spelledOtherwise(folder, [link])).toEqual([{ from: link, to: photos }])
  })

  test('of two nested roots the nearer one spells', () => {
    const folder = made('photos/2024/may')
    symlinkSync(join(folder, 'photos/2024'), join(folder, 'link'))
    const roots = [join(folder, 'photos'), join(folder, 'link')]
    expect(librarySpelling(join(folder, 'photos/2024/may'), roots)).toBe(join(folder, 'link/may'))
  })

  test('a link that leads out of a root keeps the path that its files have', () => {
    const folder = made('photos', 'elsewhere')
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'photos/out'))
    expect(librarySpelling(join(folder, 'photos/out'), [join(folder, 'photos')])).toBe(
      join(folder, 'photos/out'),
    )
  })

  test('case and the form of letters make two folders where the system says so', () => {
    const folder = made('A', 'a', 'zo\u00eb', 'zoe\u0308')
    const names = ['A', 'a', 'zo\u00eb', 'zoe\u0308'].map(name => join(folder, name))
    if (new Set(names.map(name => realpathSync.native(name))).size < names.length) return
    for (const name of names)
      expect(
        librarySpelling(
          name,
          names.filter(other => other !== name),
        ),
      ).toBe(name)
  })

  test.runIf(process.platform === 'linux')('names that are no text stay exact', () => {
    const folder = made()
    const path = bytePath(folder, '/', 0xff, 0xc3)
    mkdirSync(fsPath(path))
    symlinkSync(fsPath(path), join(folder, 'link'))
    expect(canonicalPath(join(folder, 'link'))).toBe(path)
    expect(librarySpelling(path, [join(folder, 'link')])).toBe(join(folder, 'link'))
  })
})
