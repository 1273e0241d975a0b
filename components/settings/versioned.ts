/** A record as a page hands it to its forms, with the version that an edit is made from. */
export type Versioned<T> = T & { etag: string };
