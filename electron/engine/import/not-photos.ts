/** @file What lies among photos and is no photo of the person: one table, with the reason for each rule. */
import type { LeftOutReason } from '../../shared/contract.ts'

/** Names are compared in lower case: drives of Windows and macOS do not tell `$Recycle.Bin` from `$RECYCLE.BIN`. */
interface NameRule {
  readonly reason: LeftOutReason
  readonly name: RegExp
  /** Names that must lie beside it: the rule is for a word that people use for folders of their own, too. */
  readonly beside?: readonly string[]
}

const folderRules: readonly NameRule[] = [
  // Deleted photos: Windows (Vista and later, FAT, NTFS before that), QNAP, Synology, freedesktop.org, macOS, netatalk
  {
    reason: 'recycle-bin',
    name: /^(\$recycle\.bin|recycler|recycled|@recycle|#recycle|\.trash.*|\.dtrash)$/,
  },
  { reason: 'recycle-bin', name: /^network trash folder$/ },
  // Earlier states of the same photos: Synology, QNAP, NetApp, snapper, ZFS
  { reason: 'snapshot', name: /^(#snapshot|@recently-snapshot|~snapshot|\.snapshots?|\.zfs)$/ },
  // What an operating system keeps for itself
  { reason: 'system', name: /^(system volume information|lost\+found|temporary items|@tmp)$/ },
  // Resource forks that macOS puts into archives and on drives that cannot hold them: AppleDouble, RFC 1740
  { reason: 'mac-copy', name: /^(__macosx|\.appledouble)$/ },
  // Thumbnails: Synology, QNAP, freedesktop.org, iTunes
  { reason: 'previews', name: /^(@eadir|@transcode|\.@__thumb|\.thumbnails?|\.thumb|ipod photo cache)$/ },
  // Lightroom's previews and smart previews, and the copies that its newer kind keeps of the cloud
  { reason: 'previews', name: /\.(lrdata|lrlibrary|lrcat-data)$/ },
  // darktable's thumbnails, where its cache was moved beside the photos
  { reason: 'previews', name: /^mipmaps-.*\.d$/ },
  // Capture One's thumbnails and proxies beside the photos
  { reason: 'previews', name: /^captureone$/ },
  // Nextcloud's previews
  { reason: 'previews', name: /^appdata_oc[a-z0-9]{8,}$/ },
  // Web galleries make each size of each photo: Piwigo, Lychee, Immich
  { reason: 'previews', name: /^_data$/, beside: ['galleries'] },
  { reason: 'previews', name: /^_data$/, beside: ['upload', 'local'] },
  { reason: 'previews', name: /^(thumb|small|medium)(2x)?$/, beside: ['thumb', 'small', 'medium', 'big'] },
  {
    reason: 'previews',
    name: /^(thumb|small|medium)(2x)?$/,
    beside: ['thumb', 'small', 'medium', 'original'],
  },
  { reason: 'previews', name: /^(thumbs|encoded-video)$/, beside: ['thumbs', 'encoded-video'] },
  // ACDSee's photos as they were before it changed them
  { reason: 'before-edit', name: /^\[originals\]$/ },
  { reason: 'hidden', name: /^\./ },
]

const fileRules: readonly NameRule[] = [
  { reason: 'mac-copy', name: /^\._/ },
  // exiftool's file as it was before it wrote: https://exiftool.org/exiftool_pod.html, -overwrite_original
  { reason: 'before-edit', name: /\.[a-z0-9]{2,5}_original$/ },
  { reason: 'hidden', name: /^\./ },
]

/** A folder that says of itself, by what lies in it, that it holds no photos of the person. */
interface MarkRule {
  readonly reason: LeftOutReason
  /** Names of which all lie in it. */
  readonly holds: readonly string[]
}

const markRules: readonly MarkRule[] = [
  { reason: 'kindred-library', holds: ['catalog.db', 'labels.journal'] },
  { reason: 'kindred-library', holds: ['catalog.db', 'index.kindred'] },
  // PhotoPrism's folder of thumbnails and other files that it makes
  { reason: 'previews', holds: ['.ppstorage'] },
]

/** Asks Android's programs to show nothing of the folder and all below it; whether Kindred heeds that is a setting. */
const NO_MEDIA = '.nomedia'

/**
 * Folders that a program keeps photos in beside previews and faces that it has made: only the photos as they came are
 * taken. Apple Photos (`originals`, before version 5 `Masters`), iPhoto (`Masters`, before '11 `Originals`), Aperture
 * (`Masters`), Capture One (`Originals`).
 */
const packages = {
  name: /\.(photoslibrary|photolibrary|aplibrary|migratedphotolibrary|migratedaplibrary|cocatalog)$/,
  /** iPhoto's library was a plain folder before it became a package. */
  mark: 'albumdata.xml',
  takes: ['originals', 'masters'],
}

export interface PhotoRules {
  /** Whether folders with `.nomedia` are taken all the same. */
  readonly takesNoMedia: boolean
}

/** One folder's contents, as the rules see it. */
export class FolderContents {
  readonly #names: ReadonlySet<string>
  readonly #isPackage: boolean

  /**
   * @param folder the folder's own name
   * @param names what lies directly in it
   */
  constructor(folder: string, names: readonly string[]) {
    this.#names = new Set(names.map(name => name.toLowerCase()))
    this.#isPackage = packages.name.test(folder.toLowerCase()) || this.#names.has(packages.mark)
  }

  /** Why the folder is left out for what lies in it; not asked of a folder that somebody chose. */
  reasonForItself({ takesNoMedia }: PhotoRules): LeftOutReason | undefined {
    if (!takesNoMedia && this.#names.has(NO_MEDIA)) return 'nomedia'
    return markRules.find(({ holds }) => holds.every(name => this.#names.has(name)))?.reason
  }

  /** Why something directly in it is left out, by its name. */
  reasonFor(name: string, isFolder: boolean): LeftOutReason | undefined {
    const lower = name.toLowerCase()
    const rules = isFolder ? folderRules : fileRules
    const rule = rules.find(
      rule => rule.name.test(lower) && (rule.beside?.every(other => this.#names.has(other)) ?? true),
    )
    if (rule) return rule.reason
    return this.#isPackage && !(isFolder && packages.takes.includes(lower)) ? 'photo-library' : undefined
  }
}
