import { type Shape } from "../../engine/base/shape.js";
import type { Activation } from "../nn/activations.js";
import { type EncoderDecoder } from "./encoder-decoder.js";
export interface AutoencoderOptions {
  readonly inputShape?: Shape;
  readonly units?: readonly number[];
  readonly activation?: Activation;
  readonly outputActivation?: Activation;
  readonly name?: string;
  readonly seed?: number;
}
export declare function autoencoder(options?: AutoencoderOptions): EncoderDecoder;
