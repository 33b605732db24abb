import { type DType } from "../../engine/base/dtype.js";
import { type Shape } from "../../engine/base/shape.js";
import { type ModelDescription } from "../../learning/formats/model-json.js";
import { type FileFormat } from "../../learning/formats/recognize.js";
import { type OtherFacts } from "./inspect-other.js";
export interface TensorFacts {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly numNotFinite: number;
}
interface FileFacts {
  readonly file: string;
  readonly format: FileFormat;
  readonly bytes: number;
}
export type FileReport = FileFacts &
  (
    | {
        readonly kind: "tensors";
        readonly tensors: readonly TensorFacts[];
        readonly metadata: Readonly<Record<string, string>>;
        readonly reason?: string;
      }
    | {
        readonly kind: "model";
        readonly model: ModelDescription;
      }
    | {
        readonly kind: "network";
        readonly name: string;
        readonly summary: string;
        readonly numLayers: number;
        readonly numWeights: number;
        readonly flops: number;
      }
    | OtherFacts
  );
export interface InspectFileOptions {
  readonly inputShape?: Shape | undefined;
}
export declare function inspectFile(file: string, options?: InspectFileOptions): Promise<FileReport>;
export {};
