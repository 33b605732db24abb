import { type AttendOptions } from "./attend.js";
import { type Layer } from "./layer.js";
export interface AttentionLayerOptions extends AttendOptions {
  readonly useScale?: boolean;
  readonly scoreMode?: "dot" | "concat";
}
export declare function attention(options?: AttentionLayerOptions): Layer;
export interface AdditiveAttentionOptions extends AttendOptions {
  readonly useScale?: boolean;
}
export declare function additiveAttention(options?: AdditiveAttentionOptions): Layer;
