/** What `import … from 'tandem-broker/transport'` gives: the port that a radio implements, for writers of transports. */
export type { RadioState } from '../protocol/codes.js';
export {
  DialError,
  type DialFailure,
  type HandOverPort,
  type Link,
  type LinkEnd,
  type Presence,
  type Sighting,
  type Transport,
} from '../transport/transport.js';
