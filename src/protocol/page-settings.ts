/** What the gateway tells its page before anybody has logged in, as `/page.json`. Nothing in it is secret. */
import type { AppName } from './collaboration.js';

export interface PageSettings {
  /** Whether a page of the origin that was asked about, as `?origin=`, may use the gateway where it is. */
  readonly isOriginAllowed: boolean;
  /** Only in a demonstration: whom to talk to, and an air that can be cut. */
  readonly demo?: DemoSettings;
}

export interface DemoSettings {
  /** Name of the second device. */
  readonly deviceName: string;
  /** An app there that sends back what it gets. */
  readonly app: AppName;
  readonly serviceName: string;
}

/** The demonstration's air, as `/v1/demo/air` shows it and takes it. */
export interface DemoAirState {
  readonly isCut: boolean;
}

/** What `POST /v1/login` takes, and what it answers. */
export interface LoginRequest {
  readonly code: string;
}

export interface LoginAnswer {
  readonly token: string;
}
