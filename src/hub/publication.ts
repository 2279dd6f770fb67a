/** One message to the MQTT broker. */
export interface Publication {
  readonly topic: string;
  readonly payload: string | Buffer;
  /** State is retained: of several that wait only the latest is sent. Events and answers never are. */
  readonly isRetained: boolean;
  /** MQTT 5 only. */
  readonly correlationData?: Buffer;
  /** MQTT 5 only. */
  readonly userProperties?: Readonly<Record<string, string>>;
  /** What is published where the MQTT broker refuses this. */
  readonly instead?: Publication;
}

/** A message from it. */
export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  /** Kept by the broker since an earlier time, not sent just now. */
  readonly isRetained: boolean;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Buffer | undefined;
}

export type Publish = (publication: Publication) => void;

export function retained(topic: string, body: unknown): Publication {
  return { topic, payload: textOf(body), isRetained: true };
}

/** An event: whoever comes later does not get it. */
export function passing(topic: string, body: unknown): Publication {
  return { topic, payload: textOf(body), isRetained: false };
}

/** Takes a retained message away. Source: MQTT 5.0, section 3.3.1.3. */
export function emptied(topic: string): Publication {
  return { topic, payload: '', isRetained: true };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
