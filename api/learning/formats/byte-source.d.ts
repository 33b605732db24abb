export interface ByteSource {
  readonly name: string;
  readonly size: number;
  readInto(begin: number, into: Uint8Array): Promise<void>;
}
export declare function bytesSource(bytes: Uint8Array, name?: string): ByteSource;
export declare function fileSource(path: string): Promise<ByteSource>;
export declare function withFile<Result>(path: string, read: (source: ByteSource) => Promise<Result>): Promise<Result>;
export declare function readPart(source: ByteSource, begin: number, end: number): Promise<Uint8Array>;
