import { type DType } from "../../engine/base/dtype.js";
import { type ModelDescription } from "../../learning/formats/model-json.js";
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
export type FileReport =
  | {
      readonly kind: "tensors";
      readonly file: string;
      readonly bytes: number;
      readonly tensors: readonly TensorFacts[];
      readonly metadata: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "model";
      readonly file: string;
      readonly bytes: number;
      readonly model: ModelDescription;
    };
export declare function inspectFile(file: string): Promise<FileReport>;
