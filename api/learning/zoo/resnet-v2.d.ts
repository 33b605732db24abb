import { type PictureNetwork } from "./picture-network.js";
export declare const resnet50V2: PictureNetwork;
export declare const resnet101V2: PictureNetwork;
export declare const resnet152V2: PictureNetwork;
