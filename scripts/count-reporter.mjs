// The last line of a test run: how many passed, failed and were skipped, alone on a line, for people and for machines.
// Never decides whether the run failed: vitest's exit status does, except that CI=true makes a skipped test a failure.

/** Counts the tests of a run; a file that could not be loaded and an error outside any test each count as one failure. */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skips = [];
    for (const module of modules) {
      let testsOfModule = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        testsOfModule += 1;
        if (state === "passed" || state === "failed") counts[state] += 1;
        else {
          counts.skipped += 1;
          skips.push(`skipped: ${test.fullName}${test.result().note ? ` (${test.result().note})` : ""}`);
        }
      }
      if (module.errors().length > 0 || (module.state() === "failed" && testsOfModule === 0)) counts.failed += 1;
    }
    if (process.env.SINTER_NO_SKIPS === "1" && counts.skipped > 0) {
      counts.failed += counts.skipped;
      counts.skipped = 0;
      process.exitCode = 1;
    }
    for (const line of skips) console.log(line);
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  }
}
