/** How a hub is, in numbers, as the gateway tells whoever watches it. */
export interface HubFigures {
  /** Whether its MQTT broker is there. */
  readonly isConnected: boolean;
  /** Publications that wait for it, and since the start those that were sent to it, dropped here, or refused there. */
  readonly queued: number;
  readonly published: number;
  readonly dropped: number;
  readonly refused: number;
  readonly linksPresent: number;
  readonly linksAway: number;
}
