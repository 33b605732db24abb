import { type PictureNetwork } from "./picture-network.js";
export declare const vgg16: PictureNetwork;
export declare const vgg19: PictureNetwork;
