export * from "./data.js";
export * from "./engine.js";
export * from "./nn.js";
export * from "./optim.js";
export * from "./train.js";
export * from "./zoo.js";
