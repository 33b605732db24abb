export interface TransferOptions {
  readonly weights?: string | undefined;
  readonly freeze?: "all" | "none" | number | undefined;
  readonly fineTuneEpochs?: number | undefined;
  readonly fineTuneRate?: number | undefined;
  readonly variants?: number | undefined;
}
export interface TransferPlan {
  readonly weights: string;
  readonly freeze: "all" | "none" | number;
  readonly fineTuneEpochs: number;
  readonly fineTuneRate: number;
  readonly variants: number;
}
export declare const transferNames: readonly ["weights", "freeze", "fineTuneEpochs", "fineTuneRate", "variants"];
export declare function transferOf(where: string, model: unknown, options: TransferOptions): TransferPlan | undefined;
