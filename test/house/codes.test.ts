import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/main/command-error.js';
import { CLOSE_CODES } from '../../src/protocol/close-codes.js';
import * as codes from '../../src/protocol/codes.js';
import { writeReceivedDataHeader, writeSendData } from '../../src/protocol/data-frame.js';
import { ERRORS } from '../../src/protocol/errors.js';
import { HTTP_STATUS } from '../../src/protocol/http-status.js';
import { decodeAlert } from '../../src/transport/alert.js';

/** The reference has one number for a wrong argument and for nearly every failure: `kind` tells those apart. */
const SHARED = 401;

const errorCodes = Object.values(ERRORS)
  .map(({ code }) => code)
  .filter((code) => code !== SHARED);

const bytes = Uint8Array.of(1);
const frames = [writeSendData(1, 100, bytes), writeSendData(1, 100, bytes, 'key'), writeReceivedDataHeader(100, 1)];
const alerts = Array.from({ length: 256 }, (_, code) => decodeAlert(Uint8Array.of(code)));

/** Everything by whose number somebody decides what to do. */
const NUMBERED: readonly (readonly [what: string, numbers: readonly unknown[], least: number])[] = [
  ['errors', errorCodes, 20],
  ['close codes', Object.values(CLOSE_CODES).map(({ code }) => code), 10],
  ['exit codes', Object.values(ExitCode), 5],
  ['binary frames', frames.map(([first]) => first), 3],
  ['alerts', alerts.filter((end) => end !== 'protocol-violation'), 3],
  ...Object.entries(codes).map(([name, values]) => [name, Object.values(values), 2] as const),
];

describe('a code means one thing', () => {
  it.each(NUMBERED)('among %s', (_, numbers, least) => {
    expect(numbers.length).toBeGreaterThanOrEqual(least);
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
  });

  it('and errors of ours are where JSON-RPC 2.0 has room for them, beside its own', () => {
    const own = errorCodes.filter((code) => code < 0 && (code < -32_099 || code > -32_000));
    expect(own.sort()).toEqual([-32_600, -32_601, -32_602, -32_603, -32_700]);
  });

  it('and every kind of error has its status over HTTP, or none because no gateway sends it', () => {
    expect(Object.keys(HTTP_STATUS).sort()).toEqual(Object.keys(ERRORS).sort());
  });
});
