/** Row ids of the catalog, branded so that a photo's id can't pass for a job's. */
export type PhotoId = number & { readonly __id: 'photo' }
export type FileId = number & { readonly __id: 'file' }
export type JobId = number & { readonly __id: 'job' }
export type BackboneId = number & { readonly __id: 'backbone' }
export type HeadId = number & { readonly __id: 'head' }
export type AlbumId = number & { readonly __id: 'album' }
