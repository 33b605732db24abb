import type { Detector } from "../../train/detection/detector.js";
import { type SsdOptions } from "./ssd.js";
export declare function ssd300Vgg16(options: Pick<SsdOptions, "classes" | "name" | "seed">): Detector;
