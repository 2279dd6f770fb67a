/** Bodies of control frames: what each must hold, and nothing besides. Limits: limits.ts. */
import { ConnectErrorCode, DisconnectReason, StartOptionParams } from './codes.js';
import { MAX_PARAMETERS_BYTES, MAX_REASON_BYTES, MAX_SERVICE_NAME_CHARACTERS, TOKEN_BYTES } from './limits.js';
import { boolean, isObject, leafOf, name, objectOf, oneOf, textOf, uint32From, utf8Bytes } from './shape.js';

const tokenPattern = new RegExp(`^[0-9a-f]{${2 * TOKEN_BYTES}}$`);
const token = leafOf((value): value is string => typeof value === 'string' && tokenPattern.test(value));
const sessionId = uint32From(1);
const counter = uint32From(0);
const appName = objectOf({ bundleName: name, moduleName: name, abilityName: name });
// Code points, as the reference counts characters.
const serviceName = leafOf(
  (value): value is string => typeof value === 'string' && [...value].length <= MAX_SERVICE_NAME_CHARACTERS,
);

const options = objectOf({
  needSendData: boolean,
  needSendStream: boolean,
  needReceiveStream: boolean,
  startOptions: oneOf(StartOptionParams),
  parameters: leafOf(isParameters),
});

export const openBody = objectOf({ from: sessionId, token, serviceName, source: appName, sink: appName, options });

export const acceptBody = objectOf({ from: sessionId, token });

export const confirmBody = objectOf({ token });

export const rejectBody = objectOf({
  token,
  errorCode: oneOf(ConnectErrorCode),
  reason: textOf(0, MAX_REASON_BYTES),
});

export const closeBody = objectOf({ token, reason: oneOf(DisconnectReason) });

export const resumeBody = objectOf({ from: sessionId, token, received: counter, creditLimit: counter });

function isParameters(value: unknown): value is Readonly<Record<string, string>> {
  if (!isObject(value)) return false;
  let bytes = 0;
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') return false;
    bytes += utf8Bytes(key) + utf8Bytes(text);
  }
  return bytes <= MAX_PARAMETERS_BYTES;
}
