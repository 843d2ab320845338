/** Which photos are being put into an album, while the palette for it is open. */
export class Filing {
  photos = $state.raw<readonly number[] | undefined>(undefined)

  begin(photos: readonly number[]): void {
    if (photos.length > 0) this.photos = photos
  }

  end(): void {
    this.photos = undefined
  }
}

export const filing = new Filing()
