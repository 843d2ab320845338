import type { ErrorCode } from '../shared/errors.ts'

/** What somebody at a terminal can do about each error. The window has words of its own (renderer/locales). */
const nextSteps: Readonly<Record<ErrorCode, string>> = {
  // a file that cannot become a photo
  'empty-file': 'Restore the file from a backup or delete it.',
  'not-an-image': 'Rename it, or leave it out.',
  'video-unseen': 'Install ffmpeg, then import its folder again.',
  'unsupported-format': 'Convert it to JPEG or PNG.',
  'truncated-image': 'Copy it again from the camera or a backup.',
  'damaged-image': 'Open it in another program to see what is left, or restore it from a backup.',
  'too-many-pixels': 'Make a smaller copy of it.',
  'too-many-frames': 'This is an animation rather than a photo. Export the frame that you want.',
  'file-too-large': 'Make a smaller copy of it.',
  'decode-timeout': 'Make a smaller or simpler copy of it.',
  'decode-crashed': 'Open it in another program and save a copy of it; that one can be imported.',
  'too-little-memory': 'Close other programs and import again, or make a smaller copy of it.',
  'permission-denied': 'Allow your user to read it, then import again.',
  'broken-link': 'Remove it, or put its target back.',
  'link-loop': 'Remove it.',
  'file-vanished': 'It was moved or deleted meanwhile. Import again.',
  'online-only': 'Have your cloud drive keep it on this computer, then import again.',
  'unreadable-file': 'Check the disk or the network drive, then import again.',
  'not-a-file': 'Name a file: no folder, pipe or device.',
  'drive-stalled': 'Check the drive and its connection, then do it again: it goes on where it stopped.',
  // the request
  'folder-not-found': 'Check the path, or plug the drive in.',
  'not-a-folder': 'Choose the folder that the file lies in.',
  'library-folder': 'Name the folder that your photos are in.',
  'photo-not-found': 'Check the path.',
  'head-not-found': 'List the models with `kindred doctor --json`.',
  'album-not-found': 'List the albums with `kindred album list`.',
  'album-exists': 'Choose another name, or add the photos to the album that is there.',
  'change-not-latest': 'Undo the later changes first: kindred album undo',
  'change-gone': 'See what is in your albums: kindred album list',
  'no-albums':
    'Make two albums of at least five photos each: kindred album create NAME, kindred album add NAME PATH…',
  'training-running': 'Wait until it has ended, or stop it.',
  'file-unwritable': 'Check the folder, its permissions and the free space.',
  'network-invalid':
    'Use an image network in ONNX format, all in one file; say its input with --size, --mean and --std.',
  'not-a-model':
    'Check the path. It takes a head (from `kindred models export`), an image network in ONNX format, or the card of one.',
  'network-lost': 'Use another version, or bring the network in again: kindred models import FILE',
  'head-invalid': 'Export it again with `kindred models export`, from a library with the same backbone.',
  'samples-missing': 'Render them: npm run build',
  'library-empty': 'Add photos first: kindred index FOLDER',
  'no-classes': 'Put photos of one kind into a folder of their own, at least two in each.',
  'bad-argument': 'See kindred --help.',
  // the library and the machine
  'library-in-use': 'Close the other Kindred that has this library open, or name another one with --library.',
  'library-newer': 'Update Kindred; this version must not write to that library.',
  'library-damaged': 'Run kindred doctor --repair. Backups of the catalog lie in its folder "backups".',
  'library-unwritable': 'Check the permissions and the free space of the library folder.',
  'disk-full': 'Free some space, then run it again: it goes on where it stopped.',
  'disk-failing': 'Copy your photos and the library to another disk, then check this one.',
  'model-invalid': 'Install Kindred again: a file of the bundled model does not match its card.',
  'runtime-failed': 'Run it again; if it stays, send the log to the developers.',
  'worker-gone': 'Run it again: Kindred has restarted that part.',
  'engine-gone': 'Wait a moment: Kindred restarts it by itself.',
  'page-missing': 'Build it in a checkout: npm run build',
  'link-refused': 'Open the link that Kindred printed when it started.',
  'upload-gone': 'Drop or paste the image again.',
  'job-not-found': 'It has ended already.',
  cancelled: 'Run it again: it goes on where it stopped.',
  internal: 'Run it again; if it stays, send the log to the developers.',
}

export const nextStepFor = (code: ErrorCode): string => nextSteps[code]
