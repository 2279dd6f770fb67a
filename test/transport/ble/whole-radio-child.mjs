/** The radio process as it is, which first says who it is. */
process.stderr.write(`process ${process.pid}\n`);
await import(new URL('../../../dist/transport/ble/process/radio-child.js', import.meta.url).href);
