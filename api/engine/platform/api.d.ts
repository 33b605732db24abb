import type { PictureFormat } from "../base/picture-format.js";
export interface WorkerThread {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(handler: (message: unknown) => void): void;
  onError(handler: (error: Error) => void): void;
  keepAlive(alive: boolean): void;
  terminate(): Promise<void>;
}
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}
export interface PictureFacts {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean | undefined;
}
export interface DecodedPicture extends Picture {
  readonly original: PictureFacts;
}
export interface DecodeOptions {
  readonly size?: readonly [height: number, width: number];
  readonly channels?: 1 | 3 | 4;
  readonly interpolation?: "bilinear" | "nearest";
}
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}
export interface FileFacts {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  readonly realPath: string;
  readonly modifiedMs: number;
}
export interface ReadableFile {
  readInto(begin: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
export interface FileSystem {
  readonly separator: string;
  relative(from: string, to: string): string;
  from(folder: string, path: string): string;
  read(path: string): Promise<Uint8Array>;
  readInto(path: string, begin: number, into: Uint8Array): Promise<void>;
  open(path: string): Promise<ReadableFile>;
  writeAtomically(path: string, bytes: Uint8Array | string): Promise<void>;
  writeNew(path: string, bytes: Uint8Array | string): Promise<void>;
  writeUnsynced(path: string, bytes: Uint8Array): Promise<void>;
  append(path: string, bytes: Uint8Array | string): Promise<void>;
  list(path: string): Promise<readonly FolderEntry[]>;
  stat(path: string): Promise<FileFacts | undefined>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}
export interface TextOutput {
  readonly isTerminal: boolean;
  write(text: string): void;
}
export interface LoadedCode {
  readonly address: number;
  free(): void;
}
export interface NativeMachine {
  readonly architecture: "x64" | "arm64";
  reserve(bytes: number): number;
  free(address: number, bytes: number): void;
  giveBack(address: number, bytes: number): void;
  copyIn(address: number, bytes: Uint8Array): void;
  copyOut(address: number, into: Uint8Array): void;
  loadCode(code: Uint8Array): LoadedCode;
  call(address: number, argument: number): number;
  callAside(address: number, argument: number): Promise<number>;
  startThread(address: number, argument: number): () => Promise<void>;
}
export interface Processes {
  readonly own: number;
  isRunning(id: number): boolean;
}
export interface Platform {
  readonly name: "node" | "browser";
  readonly numThreads: number;
  readonly canShareMemory: boolean;
  now(): number;
  yield(): Promise<void>;
  startWorker(): WorkerThread;
  enableRelaxedSimd(): boolean;
  availableBytes(): number | undefined;
  collectGarbage(): void;
  decodeImage(bytes: Uint8Array, options?: DecodeOptions): Promise<DecodedPicture>;
  encodePng(picture: Picture): Promise<Uint8Array>;
  sha256(bytes: Uint8Array): Promise<string>;
  readonly files: FileSystem;
  native?(): NativeMachine;
  readonly processes?: Processes;
  warn(text: string): void;
  readonly output?: TextOutput;
}
export declare function installPlatform(platform: Platform): void;
export declare function platform(): Platform;
