// The door sinter: all that a program needs to make, train and use a model.

export * from "./data.ts";
export * from "./engine.ts";
export * from "./nn.ts";
export * from "./optim.ts";
export * from "./train.ts";
export * from "./zoo.ts";
