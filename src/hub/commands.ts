/** `link/<link>/set/<verb>`: what buttons and notifications of a home-automation hub send. A failure becomes an `error` event of the link. */
import { BrokerError } from '../protocol/errors.js';
import { MAX_MQTT_DATA_BYTES } from '../protocol/hub-limits.js';
import { MAX_MESSAGE_BYTES, MAX_REASON_BYTES } from '../protocol/limits.js';
import { unreachable } from '../protocol/unreachable.js';
import type { HubLink } from './hub-link.js';
import { readPayloadText } from './payload-text.js';
import { SET_VERBS, type SetVerb } from './topics.js';

export function readSetVerb(text: string): SetVerb | undefined {
  return SET_VERBS.find((verb) => verb === text);
}

/** Whether the command is payload: that is bounded by what waits for the peer, and not by a rate. */
export function isPayload(verb: SetVerb): boolean {
  return verb === 'message' || verb === 'data';
}

/** Rejects with BrokerError. */
export async function runCommand(link: HubLink, verb: SetVerb, payload: Buffer): Promise<void> {
  switch (verb) {
    case 'connect':
      // What it resolves with is an event already.
      await link.session.connect();
      return;
    case 'disconnect':
      return link.session.disconnect();
    case 'accept':
      await link.session.accept();
      return;
    case 'reject':
      return link.session.reject(readReason(payload));
    case 'message':
      return link.session.sendText(readText(payload, MAX_MESSAGE_BYTES));
    case 'data':
      if (payload.length > MAX_MQTT_DATA_BYTES) throw tooLong(MAX_MQTT_DATA_BYTES);
      return link.session.sendData(payload);
    default:
      return unreachable(verb);
  }
}

/** A button sends its name for a press, which is no reason. */
function readReason(payload: Buffer): string {
  const text = readText(payload, MAX_REASON_BYTES);
  return text === 'PRESS' ? '' : text;
}

function readText(payload: Buffer, maxBytes: number): string {
  if (payload.length > maxBytes) throw tooLong(maxBytes);
  return readPayloadText(payload);
}

function tooLong(maxBytes: number): BrokerError {
  return new BrokerError('invalidParameter', `The payload must be at most ${maxBytes} bytes.`);
}
