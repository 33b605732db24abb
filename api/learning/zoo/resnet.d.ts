import { type PictureNetwork } from "./picture-network.js";
export declare const resnet18: PictureNetwork;
export declare const resnet34: PictureNetwork;
export declare const resnet50: PictureNetwork;
export declare const resnet101: PictureNetwork;
export declare const resnet152: PictureNetwork;
