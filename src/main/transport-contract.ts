/** What `import … from 'tandem-broker/transport-contract'` gives: the checks that a transport must pass, for any test runner. */
export { type ContractCheck, transportContract } from '../transport/contract/contract.js';
export type { TransportHarness } from '../transport/contract/stage.js';
