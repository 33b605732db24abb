export type CheckpointFiles = ReadonlyMap<string, Uint8Array>;
export interface VerifiedCheckpoint {
  readonly name: string;
  readonly files: CheckpointFiles;
}
export interface DamagedCheckpoint {
  readonly name: string;
  readonly reason: string;
}
export declare function listCheckpoints(folder: string): Promise<string[]>;
export declare function checkpointName(epoch: number, step: number): string;
export declare function writeCheckpoint(folder: string, name: string, content: CheckpointFiles): Promise<void>;
export declare function readCheckpoint(folder: string, name: string): Promise<CheckpointFiles>;
export declare function newestCheckpoint(folder: string): Promise<{
  readonly newest: VerifiedCheckpoint | undefined;
  readonly damaged: readonly DamagedCheckpoint[];
}>;
export declare function pruneCheckpoints(folder: string, numKept: number, keep: readonly string[]): Promise<void>;
