// What the engine asks of the machine it runs on: threads, memory hints, files, codecs, clock. An entry installs one
// implementation; nothing above this file knows Node or the browser.

import { SinterError } from "#engine/base/error.ts";
import type { PictureFormat } from "#engine/base/picture-format.ts";

/** A thread that runs sinter's worker program; messages are structured-cloned. */
export interface WorkerThread {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(handler: (message: unknown) => void): void;
  onError(handler: (error: Error) => void): void;
  /** Whether the thread keeps the process alive; true only while work is pending. */
  keepAlive(alive: boolean): void;
  /** Fulfilled when the thread no longer runs. */
  terminate(): Promise<void>;
}

/** A decoded picture: 8-bit RGB, row-major, orientation applied, alpha laid over white. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** What a file said of its picture, before anything was changed. */
export interface PictureFacts {
  readonly format: PictureFormat;
  /** Pixels, orientation applied. */
  readonly width: number;
  readonly height: number;
  /** Whether pixels may be clear; undefined where the machine does not say. */
  readonly hasAlpha: boolean | undefined;
}

/** A picture and what its file said of it. */
export interface DecodedPicture extends Picture {
  readonly original: PictureFacts;
}

export interface DecodeOptions {
  /** Height and width to resize to, antialiased bilinear; the picture's own when left out. */
  readonly size?: readonly [height: number, width: number];
  readonly channels?: 1 | 3 | 4;
  readonly interpolation?: "bilinear" | "nearest";
}

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

/** What the system knows of a file. */
export interface FileFacts {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  readonly realPath: string;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** A file kept open, for many reads. */
export interface ReadableFile {
  /** As `FileSystem.readInto`. */
  readInto(begin: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Files of the machine; a page has none and every method throws `missing`. */
export interface FileSystem {
  readonly separator: string;
  /** The way from one folder to another. */
  relative(from: string, to: string): string;
  /** What names, from here, the file that `path` names in `folder`. */
  from(folder: string, path: string): string;
  read(path: string): Promise<Uint8Array>;
  /** Fills memory with a file's bytes from place `begin` on: files of any size in parts. @throws file when it ends before */
  readInto(path: string, begin: number, into: Uint8Array): Promise<void>;
  /** @throws file when there is none */
  open(path: string): Promise<ReadableFile>;
  /** Writes aside, syncs, renames: the path holds the old bytes or the new, never a part. */
  writeAtomically(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Writes a new file and syncs it: for a folder that is written aside and renamed into place. */
  writeNew(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Writes aside and renames, unsynced: for what can be made again and is checked when it is read. */
  writeUnsynced(path: string, bytes: Uint8Array): Promise<void>;
  append(path: string, bytes: Uint8Array | string): Promise<void>;
  list(path: string): Promise<readonly FolderEntry[]>;
  /** Bytes and kind, links followed; undefined when nothing is there. */
  stat(path: string): Promise<FileFacts | undefined>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes names that were added to or taken from a folder last through a power cut. */
  syncFolder(path: string): Promise<void>;
}

/** Where text for people goes. */
export interface TextOutput {
  /** Whether a line can be overwritten: a terminal. */
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** Code that lies in memory, to be called. */
export interface LoadedCode {
  readonly address: number;
  free(): void;
}

/** Memory outside of JavaScript, code in it, and threads that run code. Addresses are numbers; nothing is checked. */
export interface NativeMachine {
  readonly architecture: "x64" | "arm64";
  /** Zeroed address space; memory is taken page by page as it is touched. @throws memory */
  reserve(bytes: number): number;
  free(address: number, bytes: number): void;
  /** Lets the system take whole pages back; they read as zeros when they are touched again. */
  giveBack(address: number, bytes: number): void;
  copyIn(address: number, bytes: Uint8Array): void;
  copyOut(address: number, into: Uint8Array): void;
  /** Memory that is written once, then only executed. @throws memory, device */
  loadCode(code: Uint8Array): LoadedCode;
  /** Calls `int f(size_t)` and waits. */
  call(address: number, argument: number): number;
  /** Calls `int f(size_t)` on another thread; the event loop goes on. */
  callAside(address: number, argument: number): Promise<number>;
  /** Starts a thread with `void* f(void*)`; the result waits for its end. @throws device */
  startThread(address: number, argument: number): () => Promise<void>;
}

/** The processes of a machine, by their number. */
export interface Processes {
  /** The number of this one. */
  readonly own: number;
  isRunning(id: number): boolean;
}

export interface Platform {
  readonly name: "node" | "browser";
  /** Threads worth starting. */
  readonly numThreads: number;
  /** Whether memory can be shared between threads (in a page: cross-origin isolated). */
  readonly canShareMemory: boolean;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Lets other work of this thread run. */
  yield(): Promise<void>;
  startWorker(): WorkerThread;
  /** Turns relaxed SIMD on where the host hides it behind a flag; true when it may be used. */
  enableRelaxedSimd(): boolean;
  /** Bytes of memory that this process may still take; undefined where the host does not say. */
  availableBytes(): number | undefined;
  /** Asks for a full collection; does nothing where the host offers none. */
  collectGarbage(): void;
  decodeImage(bytes: Uint8Array, options?: DecodeOptions): Promise<DecodedPicture>;
  /** The bytes of a PNG file; lossless. */
  encodePng(picture: Picture): Promise<Uint8Array>;
  sha256(bytes: Uint8Array): Promise<string>;
  readonly files: FileSystem;
  /** What runs machine code. @throws device with the reason why it cannot be had */
  native?(): NativeMachine;
  /** Processes of the machine; a page knows none. */
  readonly processes?: Processes;
  /** Tells a person once what is not as it should be; work goes on. */
  warn(text: string): void;
  /** Where progress is shown; nowhere when left out. */
  readonly output?: TextOutput;
}

let installed: Platform | undefined;

/** Called once by an entry. */
export function installPlatform(platform: Platform): void {
  installed = platform;
}

/** The machine. @throws state when no entry was imported */
export function platform(): Platform {
  if (installed === undefined) {
    throw new SinterError(
      "state",
      'No platform is installed. Import "sinter" (or a "sinter/…" door), not an inner file.',
    );
  }
  return installed;
}
