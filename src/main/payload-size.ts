/** Says before anything is opened that a text, a file or a name is too long, with its size and the limit. */
import { stat } from 'node:fs/promises';
import { BrokerError } from '../protocol/errors.js';
import { MAX_DATA_BYTES, MAX_MESSAGE_BYTES, MAX_SERVICE_NAME_CHARACTERS } from '../protocol/limits.js';
import { utf8Bytes } from '../protocol/shape.js';

/** Throws BrokerError `invalidParameter`. */
export function checkText(text: string): void {
  const bytes = utf8Bytes(text);
  if (bytes <= MAX_MESSAGE_BYTES) return;
  const words = `The text has ${inWords(bytes)} bytes; at most ${inWords(MAX_MESSAGE_BYTES)} can be sent as a text.`;
  throw new BrokerError('invalidParameter', words);
}

/** The same for the name of a service. Its characters are code points, as for the broker. */
export function checkServiceName(name: string): void {
  const characters = [...name].length;
  if (characters <= MAX_SERVICE_NAME_CHARACTERS) return;
  const words = `The service name has ${inWords(characters)} characters; it may have ${MAX_SERVICE_NAME_CHARACTERS}.`;
  throw new BrokerError('invalidParameter', words);
}

/** The same for data; `name` is what people call it. */
export function checkData(name: string, bytes: number): void {
  if (bytes < MAX_DATA_BYTES) return;
  const words = `${name} has ${inWords(bytes)} bytes; data must be below ${inWords(MAX_DATA_BYTES)}.`;
  throw new BrokerError('invalidParameter', words);
}

/** The same for a file that was not read yet. What has no length, such as a pipe, or is not there, is not complained of here. */
export async function checkFile(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  checkData(path, size);
}

function inWords(bytes: number): string {
  return bytes.toLocaleString('en');
}
