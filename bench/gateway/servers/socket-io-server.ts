/** Socket.IO as its documentation has it: rooms, acknowledged events. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { answerParent } from '../../harness/child.js';
import type { SocketIoAddress } from '../address.js';
import { processFigures } from './process-figures.js';

answerParent(async () => {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
  io.on('connection', (socket) => {
    socket.on('join', (room: string, answer: () => void) => {
      void socket.join(room);
      answer();
    });
    socket.on('send', (room: string, msg: unknown, answer: () => void) => {
      io.to(room).emit('message', msg);
      answer();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo; // it listens on TCP
  const address: SocketIoAddress = { type: 'socket.io', url: `http://127.0.0.1:${port}` };
  return { address: () => address, ...processFigures };
});
