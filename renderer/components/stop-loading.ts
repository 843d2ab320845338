/**
 * For an image that may leave the page before it is loaded: it is not loaded to the end then. Its address becomes empty rather
 * than none: an image without one waits for changes of the window's size, and Chromium keeps it, and all around it, for that.
 * @returns what to do when it leaves
 */
export const stopLoading = (image: HTMLImageElement) => (): void => {
  image.src = ''
}
