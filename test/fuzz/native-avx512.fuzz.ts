import { testNativeGraphs } from "./native-graphs.ts";

testNativeGraphs("avx512", 1_800_000);
