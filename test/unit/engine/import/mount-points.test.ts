import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { absentDrives, mountPointsIn } from '../../../../electron/engine/import/mount-points.ts'
import { isRemote, mountTable } from '../../../../electron/engine/media/drive.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()
let root: string
beforeEach(() => (root = scratch.folder()))

describe('drives', () => {
  test('in folders are those mounted at or below them', () => {
    const mounts = ['/', '/photos', '/photos/usb', '/photos2', '/home']
    expect(mountPointsIn(['/photos'], mounts)).toEqual(['/photos', '/photos/usb'])
  })

  test('are away where nothing is mounted and the folder is empty or gone', () => {
    for (const name of ['mounted', 'empty', 'used']) mkdirSync(join(root, name))
    writeFileSync(join(root, 'used', 'a.jpg'), 'x')
    const known = ['mounted', 'empty', 'used', 'gone'].map(name => join(root, name))
    expect(absentDrives(known, ['/', join(root, 'mounted')])).toEqual([
      join(root, 'empty'),
      join(root, 'gone'),
    ])
  })

  test.runIf(process.platform === 'linux')('are listed with their kinds', () => {
    expect(mountTable()).toContainEqual({ place: '/proc', type: 'proc' })
  })

  test('are remote where changes are made that this machine does not see', () => {
    const mounts = [
      { place: '/', type: 'ext4' },
      { place: '/nas', type: 'cifs' },
      { place: '/home/me/cloud', type: 'fuse.rclone' },
      { place: '/media/usb', type: 'fuseblk' },
    ]
    expect(['/nas', '/home/me', '/home/me/cloud'].map(folder => isRemote(folder, mounts))).toEqual([
      true,
      true,
      true,
    ])
    expect(['/media/usb', '/home/you'].map(folder => isRemote(folder, mounts))).toEqual([false, false])
    expect(isRemote('\\\\server\\share', [])).toBe(true)
  })
})
