/** Unix sockets at a path of one's own: no other user may connect, a file that a crash left is taken over, a live one is not. */
import { once } from 'node:events';
import { access, lstat, rm } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';

/** Longest path of a socket, in bytes: sun_path less its final zero, as short as the shortest system has it. Source: unix(7), and 104 bytes on macOS. */
const MAX_SOCKET_PATH_BYTES = 103;
const OTHERS_AND_EXECUTION = 0o177;

/** Rejects with Error: the path is too long, in use, or something else than a socket; or as `listen` of Node does. */
export async function listenAt(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    throw new Error(`the path of a socket has at most ${MAX_SOCKET_PATH_BYTES} bytes: ${path}`);
  }
  await clearPath(path);
  const listening = once(server, 'listening');
  // The file is made within this call: no other user can have it open before it is closed to them.
  const before = process.umask(OTHERS_AND_EXECUTION);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  await listening;
}

/** Ends listening and takes the file away. */
export async function closeListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
}

async function clearPath(path: string): Promise<void> {
  // Node would say that permission is denied where a folder is missing.
  await access(dirname(path));
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} is there already, and is not a socket`);
  if (await isAnswered(path)) throw new Error(`another program is listening at ${path}`);
  await rm(path, { force: true });
}

/** A socket whose server has ended refuses connections. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}
