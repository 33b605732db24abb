export type RopeScaling =
  | {
      readonly kind: "linear";
      readonly factor: number;
    }
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    };
export declare function rotaryFrequencies(dim: number, theta: number, scaling?: RopeScaling): readonly number[];
