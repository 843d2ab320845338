/** The photos to be added to an album, while the palette that asks for the album is open. */
export class AddToAlbum {
  photos = $state.raw<readonly number[] | undefined>(undefined)

  begin(photos: readonly number[]): void {
    if (photos.length > 0) this.photos = photos
  }

  end(): void {
    this.photos = undefined
  }
}

export const addToAlbum = new AddToAlbum()
