/** The session was over before what was wanted of it. */
import { DisconnectReason } from '../../protocol/codes.js';

export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
  readonly reason: number | undefined;

  constructor(reason: number | undefined) {
    super('The session ended too early.');
    this.reason = reason;
  }
}

/** For people; `name` is that of the other device. */
export function endText(name: string, reason: number): string {
  const [why = 'no reason'] = Object.entries(DisconnectReason).find(([, value]) => value === reason) ?? [];
  return `${name} ended the session: ${why}`;
}
