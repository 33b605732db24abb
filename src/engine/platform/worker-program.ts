// The program of a computing thread, as text: started from a string in Node and from a Blob in a page, so that no
// bundler has to find a second file. It instantiates modules and enters them; it knows nothing of kernels. A page with
// a content security policy needs `worker-src blob:` and `script-src 'wasm-unsafe-eval'`.
//
// Messages in:  start (thread, memory or a descriptor), load (program, module), unload, run (run, program, table,
//               bytes of the table where memory is private), grow, write, read. The last three carry a request number.
// Messages out: done (run; thread 0 alone), failed (run, thread, message; empty when another thread failed),
//               reply (request, message, bytes).

/** JavaScript that runs as a classic script in a page's worker and as CommonJS in Node's. */
export const workerProgram: string = `"use strict";
const port = typeof require === "function" ? require("node:worker_threads").parentPort : self;
const programs = new Map();
let thread = 0;
let memory;
let control;
const textOf = (error) => String((error && error.message) || error);
const poison = () => {
  if (!control) return;
  const words = new Int32Array(memory.buffer);
  Atomics.store(words, control.poison >> 2, 1);
  Atomics.add(words, control.generation >> 2, 1);
  Atomics.notify(words, control.generation >> 2);
};
const reply = (request, work) => {
  try {
    const bytes = work();
    if (bytes) port.postMessage({ kind: "reply", request, message: "", bytes }, [bytes.buffer]);
    else port.postMessage({ kind: "reply", request, message: "" });
  } catch (error) {
    port.postMessage({ kind: "reply", request, message: textOf(error) || "unknown" });
  }
};
const handlers = {
  start(message) {
    thread = message.thread;
    control = message.control;
    memory = message.memory || new WebAssembly.Memory(message.descriptor);
  },
  load({ program, module }) {
    try {
      const clock = () => performance.now();
      programs.set(program, new WebAssembly.Instance(module, { env: { memory, clock } }).exports.main);
    } catch (error) {
      programs.set(program, () => {
        throw error;
      });
    }
  },
  unload({ program }) {
    programs.delete(program);
  },
  run({ run, program, address, table }) {
    let message = "";
    try {
      if (table) new Uint8Array(memory.buffer, address, table.length).set(table);
      if (programs.get(program)(thread, address) === 0) {
        if (thread === 0) port.postMessage({ kind: "done", run });
        return;
      }
    } catch (error) {
      message = textOf(error) || "unknown";
      poison();
    }
    port.postMessage({ kind: "failed", run, thread, message });
  },
  grow({ request, pages }) {
    reply(request, () => void memory.grow(pages));
  },
  write({ request, address, bytes }) {
    reply(request, () => void new Uint8Array(memory.buffer, address, bytes.length).set(bytes));
  },
  read({ request, address, length }) {
    reply(request, () => new Uint8Array(memory.buffer, address, length).slice());
  },
};
const receive = (message) => handlers[message.kind](message);
if (typeof require === "function") port.on("message", receive);
else port.onmessage = (event) => receive(event.data);
`;
