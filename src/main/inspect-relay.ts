/** Hands one tool what the gateway tells inspectors: over a connection of its own, so that it hears of all sessions from the beginning. */
import { WebSocket } from 'ws';
import { formatRequest } from '../protocol/rpc.js';
import { isObject } from '../protocol/shape.js';

/** Of a tool that reads slowly, before the gateway has to keep the rest: it ends those that never catch up. */
const MAX_WAITING_BYTES = 1_048_576;
/** Of the gateway: no event is nearly as long. */
const MAX_FRAME_BYTES = 1_048_576;
const OPEN_TIMEOUT_MS = 10_000;

export interface InspectSource {
  /** `/v1/inspect` of the gateway. */
  readonly source: URL;
  readonly token: string;
  /** For people: why a tool was not served. */
  readonly onTrouble: (words: string) => void;
}

/** Both connections end together. */
export function relayInspection(tool: WebSocket, { source, token, onTrouble }: InspectSource): void {
  const gateway = new WebSocket(source, { handshakeTimeout: OPEN_TIMEOUT_MS, maxPayload: MAX_FRAME_BYTES });
  function end(words: string): void {
    if (tool.readyState !== WebSocket.OPEN) return;
    onTrouble(words);
    tool.close(1011, fittingReason(words));
  }
  gateway.on('open', () => gateway.send(formatRequest(1, 'authenticate', { token })));
  gateway.on('message', (data) => {
    const text = data.toString();
    const frame = readObject(text);
    if (frame === undefined) return end('The gateway sent something that is no event.');
    // `hello` and the answer are for whoever logs in.
    if (isObject(frame['error'])) end(String(frame['error']['message']));
    else if (frame['jsonrpc'] === undefined) pass(text, tool, gateway);
  });
  gateway.on('error', (error) => end(`The gateway cannot be reached: ${error.message}`));
  gateway.on('close', (code, reason) => end(`The gateway closed the connection: ${reason} (${code})`));
  tool.on('error', () => tool.terminate());
  tool.on('close', () => gateway.terminate());
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function pass(text: string, tool: WebSocket, gateway: WebSocket): void {
  tool.send(text, () => {
    if (tool.bufferedAmount < MAX_WAITING_BYTES) gateway.resume();
  });
  if (tool.bufferedAmount >= MAX_WAITING_BYTES) gateway.pause();
}

/** A close frame carries 123 bytes. An incomplete last character is left out. */
function fittingReason(words: string): string {
  return new TextDecoder().decode(Buffer.from(words).subarray(0, 123), { stream: true });
}
