/** Node-RED as people run it, on a free port of this machine; tells its parent which, and ends with it. Argument: the user directory. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [, , userDir] = process.argv;
const runtime = createRequire(new URL('./runtime/package.json', import.meta.url));
const RED = runtime('node-red');

const server = createServer((request, response) => RED.httpAdmin(request, response));
RED.init(server, {
  userDir,
  flowFile: 'flows.json',
  credentialSecret: 'only for this test',
  httpNodeRoot: false,
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: 'warn' } },
});
await RED.start();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
process.on('disconnect', () => process.exit());
