import { type PictureNetwork } from "./picture-network.js";
export declare const xception: PictureNetwork;
