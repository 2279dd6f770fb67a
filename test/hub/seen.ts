import type { IPublishPacket } from 'mqtt';

/** A message as it was published. */
export interface Seen {
  readonly topic: string;
  readonly text: string;
  readonly payload: Buffer;
  /** Published to be retained. */
  readonly isRetained: boolean;
  readonly properties: IPublishPacket['properties'];
}
