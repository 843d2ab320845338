/** A video format that Kindred lists. */
interface VideoFormat {
  /** As it is shown and stored. */
  readonly name: string
  /** What its first bytes tell (the engine's media/formats/sniff.ts). */
  readonly contentTypes: readonly string[]
  /** Endings of file names, without the dot. */
  readonly endings: readonly string[]
}

const formats: readonly VideoFormat[] = [
  { name: 'MP4', contentTypes: ['video/mp4', 'video/x-m4v'], endings: ['mp4', 'm4v'] },
  { name: 'MOV', contentTypes: ['video/quicktime'], endings: ['mov', 'qt'] },
  { name: '3GP', contentTypes: ['video/3gpp', 'video/3gpp2'], endings: ['3gp', '3g2'] },
  { name: 'WebM', contentTypes: ['video/webm'], endings: ['webm'] },
  { name: 'MKV', contentTypes: ['video/matroska'], endings: ['mkv'] },
  { name: 'AVI', contentTypes: ['video/vnd.avi'], endings: ['avi'] },
]

const names = new Map(
  formats.flatMap(({ name, contentTypes }) => contentTypes.map(type => [type, name] as const)),
)
const endings = new Set(formats.flatMap(format => format.endings))

/** The format's name by a content type such as `video/mp4`; undefined for what Kindred does not list. */
export const videoFormatName = (contentType: string): string | undefined => names.get(contentType)

/** Whether the name promises a video. */
export const isVideoName = (path: string): boolean =>
  endings.has(/\.(?<ending>\w+)$/.exec(path)?.groups?.ending?.toLowerCase() ?? '')
