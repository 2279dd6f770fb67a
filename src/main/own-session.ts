/** A session that a command opens, uses and ends. When it fails, the reason, the diagnosis and the session's number are what the person gets. */
import { randomBytes } from 'node:crypto';
import type { KnownDevice, SessionTrace, TandemClient } from '../client/interface.js';
import { ConnectErrorCode } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { CommandError, reasonOf } from './command-error.js';
import { endText, SessionEnded } from './transfer/session-ended.js';
import { openPort, type SessionPort } from './transfer/session-port.js';

export interface OwnSessionOptions {
  readonly device: KnownDevice;
  readonly app: AppName;
  readonly serviceName: string;
  /** Whether data goes over it, too. */
  readonly hasData: boolean;
  /** Bytes that may come and wait to be read. */
  readonly mostBytes: number;
  /** What `tandem trace` needs besides the number to find this gateway. */
  readonly traceOptions: string;
}

export interface OwnSession {
  readonly sessionId: number;
  readonly port: SessionPort;
}

/** Runs `work` on a session that is connected, and destroys it. Rejects with CommandError that says why it failed and where to look. */
export async function withOwnSession<Result>(
  client: TandemClient,
  options: OwnSessionOptions,
  work: (session: OwnSession) => Promise<Result>,
): Promise<Result> {
  const { device, app, serviceName, hasData, mostBytes } = options;
  // A name of its own, so that several commands can run at once.
  await client.registerApp({ moduleName: 'entry', abilityName: `Send-${randomBytes(4).toString('hex')}` });
  const peer = { deviceId: device.deviceId, ...app, serviceName };
  const sessionId = await client.createAbilityConnectionSession(serviceName, peer, { needSendData: hasData });
  try {
    const port = await openPort(client, sessionId, mostBytes);
    await connect(client, sessionId, device.deviceName);
    return await work({ sessionId, port });
  } catch (error) {
    throw await explain(error, client, sessionId, options);
  } finally {
    // A client that is closed has ended it already.
    await client.destroyAbilityConnectionSession(sessionId).catch(() => {});
  }
}

async function connect(client: TandemClient, sessionId: number, name: string): Promise<void> {
  const { isConnected, errorCode, reason = '' } = await client.connect(sessionId);
  if (isConnected) return;
  const [code = 'no code'] = Object.entries(ConnectErrorCode).find(([, value]) => value === errorCode) ?? [];
  throw new CommandError(`No session with ${name}: ${code}${reason === '' ? '' : `: ${reason}`}`);
}

/** What is no failure of the session, or of what was asked of it, stays as it is. */
async function explain(
  error: unknown,
  client: TandemClient,
  sessionId: number,
  { device, traceOptions }: OwnSessionOptions,
): Promise<unknown> {
  const isOurs = error instanceof CommandError || error instanceof BrokerError || error instanceof SessionEnded;
  if (!isOurs || client.state.type === 'closed') return error;
  // The token may not allow to look.
  const trace = await client.traceSession(sessionId).catch(() => undefined);
  const advice = error instanceof CommandError ? error.advice : [];
  const diagnosis = trace?.diagnosis === undefined ? [] : [trace.diagnosis];
  const where = `It was session ${sessionId}: tandem trace ${sessionId}${traceOptions} shows what happened.`;
  return new CommandError(endWords(error, trace, device.deviceName) ?? reasonOf(error), {
    advice: [...diagnosis, ...advice, where],
    facts: { sessionId, ...(trace?.diagnosis !== undefined && { diagnosis: trace.diagnosis }) },
    cause: error,
  });
}

/** Where the session ended, that is why whatever was under way failed. */
function endWords(error: unknown, trace: SessionTrace | undefined, name: string): string | undefined {
  if (error instanceof CommandError) return undefined;
  const reason = error instanceof SessionEnded ? error.reason : trace?.session.disconnectReason;
  if (reason === undefined) return undefined;
  return endText(name, reason);
}
