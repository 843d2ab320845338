import { describe, expect, test } from 'vitest'
import { folderName, folderNodes, isWithin, rowsOf } from '../../../renderer/state/folder-tree.ts'

const of = (...paths: string[]) => folderNodes(paths.map((path, n) => ({ path, photos: n + 1 })))
const everything = (): boolean => true
const lines = (nodes: ReturnType<typeof of>, isOpen: (path: string) => boolean): string[] =>
  rowsOf(nodes, isOpen).map(({ node, place, beside }) => `${node.level} ${node.name} ${place}/${beside}`)

describe('the folders as a tree', () => {
  test('lie in one another, in the order of their names, numbers by value', () => {
    const nodes = of('/photos', '/photos/10', '/photos/9', '/photos/9/sea', '/usb/trip')
    expect(lines(nodes, everything)).toEqual([
      '1 photos 1/2',
      '2 9 1/2',
      '3 sea 1/1',
      '2 10 2/2',
      '1 trip 2/2',
    ])
    expect(nodes.get('/photos/9/sea')!.above!.path).toBe('/photos/9')
  })

  test('show only what is not inside a closed folder', () => {
    const nodes = of('/photos', '/photos/a', '/photos/a/b', '/photos/a/b/c')
    expect(lines(nodes, () => false)).toEqual(['1 photos 1/1'])
    // One that is open itself stays hidden in a closed one.
    expect(lines(nodes, path => path !== '/photos/a')).toEqual(['1 photos 1/1', '2 a 1/1'])
  })

  test('know drives and other separators', () => {
    expect(lines(of('C:\\', 'C:\\a', 'C:\\a\\b'), everything)).toEqual(['1 C: 1/1', '2 a 1/1', '3 b 1/1'])
    expect(lines(of('/', '/a', '/a/b'), everything)).toEqual(['1 / 1/1', '2 a 1/1', '3 b 1/1'])
    expect(lines(of('/a', '/ab', '/a/b'), everything)).toEqual(['1 a 1/2', '2 b 1/1', '1 ab 2/2'])
  })
})

test('a folder is called by the last part of its path', () => {
  expect(['/home/ada/Trip', '/home/ada/Trip/', 'D:\\Photos\\Sea', '/'].map(folderName)).toEqual([
    'Trip',
    'Trip',
    'Sea',
    '/',
  ])
})

test('a path is within a folder only where its parts are', () => {
  expect(isWithin('/usb/a', ['/home', '/usb'])).toBe(true)
  expect(isWithin('/usb', ['/usb'])).toBe(true)
  expect(isWithin('/usb2', ['/usb'])).toBe(false)
  expect(isWithin('/usb', ['/usb/a'])).toBe(false)
  expect(isWithin('/a', ['/'])).toBe(true)
  expect(isWithin('E:\\a', ['E:\\'])).toBe(true)
})
