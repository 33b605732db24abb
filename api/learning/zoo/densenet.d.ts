import { type PictureNetwork } from "./picture-network.js";
export declare const denseNet121: PictureNetwork;
export declare const denseNet169: PictureNetwork;
export declare const denseNet201: PictureNetwork;
