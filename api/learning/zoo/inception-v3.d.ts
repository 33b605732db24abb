import { type PictureNetwork } from "./picture-network.js";
export declare const inceptionV3: PictureNetwork;
