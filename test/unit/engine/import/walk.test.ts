import { mkdirSync, symlinkSync, writeFileSync, statSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { fsPath, pathToBytes, type FilePath } from '../../../../electron/engine/library/paths.ts'
import { walk, type Found, type WalkOptions } from '../../../../electron/engine/import/walk.ts'
import { bytePath, Scratch } from '../scratch.ts'

const posix = process.platform !== 'win32'
const scratch = new Scratch()
let root: string
beforeEach(() => (root = scratch.folder()))

function put(...names: string[]): void {
  for (const name of names) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, name)
  }
}

const link = (name: string, target: string): void => {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  symlinkSync(target, join(root, name))
}

/** What is not left out. */
const walked = (options: Partial<WalkOptions> = {}, from: FilePath = root) =>
  [...walk(from, { ignore: [], exclude: [], ...options })].filter(found => found.kind !== 'left-out')

/** The paths below the root, in the order in which they were found. */
const files = (found: readonly Found[]): string[] =>
  found.filter(({ kind }) => kind === 'file').map(({ path }) => path.slice(root.length + 1))

const failures = (found: readonly Found[]): string[] =>
  found
    .flatMap(one =>
      one.kind === 'file' || one.kind === 'left-out'
        ? []
        : [`${one.path.slice(root.length + 1)}: ${one.code}`],
    )
    .sort()

describe('walk', () => {
  test('finds every file at every depth, once, with what tells whether it changed', () => {
    put('b.jpg', 'a/1.jpg', 'a/x/y/z/2.jpg', 'c/3.txt', 'no-ending')
    mkdirSync(join(root, 'empty'))
    const found = walked()
    expect(files(found).sort()).toEqual(['a/1.jpg', 'a/x/y/z/2.jpg', 'b.jpg', 'c/3.txt', 'no-ending'])
    expect(failures(found)).toEqual([])
    const { size, mtimeMs, ctimeMs } = statSync(join(root, 'b.jpg'))
    const stamp = { size, modifiedMs: mtimeMs, changedMs: ctimeMs }
    expect(found.find(({ path }) => path === join(root, 'b.jpg'))).toEqual({
      kind: 'file',
      path: join(root, 'b.jpg'),
      stamp,
      isOnlineOnly: false,
    })
  })

  test('leaves out what is hidden and what belongs to the system', () => {
    put('seen/a.jpg', '.hidden.jpg', '.trash/b.jpg', 'a/.thumbnails/c.jpg', '._d.jpg')
    put('@eaDir/e.jpg', 'a/$RECYCLE.BIN/f.jpg', 'lost+found/g.jpg', '__MACOSX/h.jpg', '#recycle/i.jpg')
    expect(files(walked())).toEqual(['seen/a.jpg'])
  })

  test('leaves out what is to be ignored: by path, by name, by folder', () => {
    put(
      'keep.jpg',
      'a/raw/1.jpg',
      'a/raw/deep/2.jpg',
      'raw/3.jpg',
      'a/x.png',
      'b/c/y.png',
      'b/c/z.jpg',
      'b/tmp/t.jpg',
    )
    expect(files(walked({ ignore: ['*.png'] }))).not.toContain('b/c/y.png')
    expect(files(walked({ ignore: ['a/raw/**', '*.png', 'tmp'] })).sort()).toEqual([
      'b/c/z.jpg',
      'keep.jpg',
      'raw/3.jpg',
    ])
    expect(files(walked({ ignore: ['raw'] })).some(path => path.includes('raw'))).toBe(false)
    expect(files(walked({ ignore: ['b/*/z.jpg', '**/deep/*'] })).sort()).toEqual([
      'a/raw/1.jpg',
      'a/x.png',
      'b/c/y.png',
      'b/tmp/t.jpg',
      'keep.jpg',
      'raw/3.jpg',
    ])
    expect(files(walked({ ignore: ['*'] }))).toEqual([])
  })

  test('does not enter what is excluded', () => {
    put('a/1.jpg', 'library/thumbnails/2.jpg', 'library-2/3.jpg')
    expect(files(walked({ exclude: [join(root, 'library')] })).sort()).toEqual(['a/1.jpg', 'library-2/3.jpg'])
  })

  test.runIf(posix)('does not enter what is excluded by way of a link either', () => {
    put('a/1.jpg', 'library/thumbnails/2.jpg')
    link('short-cut', join(root, 'library'))
    expect(files(walked({ exclude: [join(root, 'library')] }))).toEqual(['a/1.jpg'])
  })

  test('yields a failure for a root that is not there', () => {
    expect(walked({}, join(root, 'nowhere'))).toMatchObject([
      { kind: 'unknown-folder', path: join(root, 'nowhere'), code: 'file-vanished' },
    ])
  })

  test('goes on where a folder is gone before its turn', () => {
    put('a/1.jpg', 'b/2.jpg')
    const steps = walk(root, { ignore: [], exclude: [] })
    const first = steps.next().value as Found
    expect(first.path).toBe(join(root, 'a/1.jpg'))
    spawnSync('rm', ['-r', join(root, 'b')])
    expect([...steps]).toMatchObject([
      { kind: 'unknown-folder', path: join(root, 'b'), code: 'file-vanished' },
    ])
  })

  test.runIf(process.platform === 'linux')('keeps names that are no text', () => {
    const folder = bytePath(root, '/', 0xff, 0xc3)
    const file = bytePath(root, '/', 0xff, 0xc3, '/line\nbreak', 0xfe, '.jpg')
    mkdirSync(fsPath(folder))
    writeFileSync(fsPath(file), 'x')
    put('Zo\u0308e.jpg')
    const found = walked()
    expect(found.map(({ path }) => path).sort()).toEqual([join(root, 'Zo\u0308e.jpg'), file].sort())
    expect(pathToBytes(found.find(({ path }) => path === file)!.path).includes(0xfe)).toBe(true)
    expect(walked({ ignore: ['*break*'] })).toHaveLength(1)
  })
})

describe.runIf(posix)('walk: links', () => {
  test('are followed, to files and folders, and each real folder is entered once', () => {
    put('real/1.jpg', 'real/deep/2.jpg')
    link('a-link', join(root, 'real'))
    link('another', 'real')
    link('one.jpg', 'real/1.jpg')
    expect(files(walked()).sort()).toEqual(['one.jpg', 'real/1.jpg', 'real/deep/2.jpg'])
  })

  test('lead out of the root', () => {
    const elsewhere = scratch.folder()
    writeFileSync(join(elsewhere, 'x.jpg'), 'x')
    link('away', elsewhere)
    expect(files(walked())).toEqual(['away/x.jpg'])
    const found = walked({}, join(root, 'away'))
    expect(found).toMatchObject([{ kind: 'file', path: join(root, 'away', 'x.jpg') }])
  })

  test('are looked at last, so that a photo is found under its own name', () => {
    put('z/own/1.jpg')
    link('a', join(root, 'z', 'own'))
    expect(files(walked())).toEqual(['z/own/1.jpg'])
  })

  test('that lead back are failures, not followed for ever', () => {
    put('a/b/1.jpg')
    link('a/b/up', '..')
    link('a/b/top', root)
    link('a/b/here', '.')
    link('itself', 'itself')
    link('ping', 'pong')
    link('pong', 'ping')
    const found = walked()
    expect(files(found)).toEqual(['a/b/1.jpg'])
    expect(failures(found)).toEqual([
      'a/b/here: link-loop',
      'a/b/top: link-loop',
      'a/b/up: link-loop',
      'itself: link-loop',
      'ping: link-loop',
      'pong: link-loop',
    ])
  })

  test('that cross each other end', () => {
    put('a/1.jpg', 'b/2.jpg')
    link('a/to-b', '../b')
    link('b/to-a', '../a')
    expect(files(walked()).sort()).toEqual(['a/1.jpg', 'b/2.jpg'])
  })

  test('to nothing are failures', () => {
    link('gone.jpg', 'nowhere.jpg')
    expect(walked()).toMatchObject([{ kind: 'failed', path: join(root, 'gone.jpg'), code: 'broken-link' }])
  })

  test('are ignored and hidden as everything else', () => {
    link('.hidden', 'nowhere')
    link('raw', 'nowhere')
    expect(walked({ ignore: ['raw'] })).toEqual([])
  })

  test('carry the stamp of the file that they lead to', () => {
    put('real.jpg')
    link('l.jpg', 'real.jpg')
    const [first, second] = walked()
    expect(first).toMatchObject({ kind: 'file', stamp: { size: 8 } })
    expect(second).toMatchObject({ stamp: (first as { stamp: unknown }).stamp })
  })
})

describe.runIf(posix)('walk: pipes', () => {
  test('are passed over: opening a pipe would wait for ever', () => {
    put('a.jpg')
    expect(spawnSync('mkfifo', [join(root, 'pipe.jpg')]).status).toBe(0)
    link('to-pipe.jpg', 'pipe.jpg')
    expect(files(walked())).toEqual(['a.jpg'])
    expect(failures(walked())).toEqual([])
  })
})

describe.runIf(posix)('walk: a folder without permission', () => {
  // Root reads everything, so the walk runs as another user then.
  const asNobody = process.getuid?.() === 0
  test('is unknown, and the rest is found', () => {
    put('open/1.jpg', 'closed/2.jpg', 'no-entry/3.jpg')
    const script = `
      import { walk } from ${JSON.stringify(new URL('../../../../electron/engine/import/walk.ts', import.meta.url).href)}
      process.chdir('/')
      if (${asNobody}) process.setuid(65534)
      const found = [...walk(${JSON.stringify(root)}, { ignore: [], exclude: [] })]
      console.log(JSON.stringify(found.map(({ kind, path, code }) => [kind, path.slice(${root.length + 1}), code])))`
    spawnSync('chmod', ['755', root, join(root, 'open')])
    spawnSync('chmod', ['000', join(root, 'closed')])
    // May be listed, but not entered.
    spawnSync('chmod', ['444', join(root, 'no-entry')])
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    spawnSync('chmod', ['-R', '755', root])
    expect(stderr).not.toContain('Error')
    expect((JSON.parse(stdout) as unknown[]).sort()).toEqual([
      ['failed', 'no-entry/3.jpg', 'permission-denied'],
      ['file', 'open/1.jpg', null],
      ['unknown-folder', 'closed', 'permission-denied'],
    ])
  })
})
