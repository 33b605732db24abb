export type PictureFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif";
export declare const pictureExtensions: ReadonlySet<string>;
export declare const otherPictureExtensions: ReadonlySet<string>;
export declare function pictureFormat(bytes: Uint8Array): PictureFormat;
