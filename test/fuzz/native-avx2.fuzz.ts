import { testNativeGraphs } from "./native-graphs.ts";

testNativeGraphs("avx2", 1_800_000);
