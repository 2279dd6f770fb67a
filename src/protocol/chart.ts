/** A statechart as a drawing, `GET /v1/charts/<machine>.json`: what the charts room lays out, and the page draws. Lengths are in CSS pixels. */

import type { MachineName } from './codes.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** One state. */
export interface ChartState {
  /** Its key in the machine. */
  readonly id: string;
  readonly label: string;
  readonly kind: 'atomic' | 'compound' | 'final';
  readonly isInitial: boolean;
  /** The compound state around it. */
  readonly parent?: string;
  /** Actions on the way in and out, and what is invoked while it lasts. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly string[];
}

/** One transition. */
export interface ChartTransition {
  /** `<source>|<event>|<index among the source's transitions for that event>`; a trace names transitions alike. */
  readonly id: string;
  readonly source: string;
  /** The source itself for a transition that stays where it is. */
  readonly target: string;
  /** As XState names it; `label` says it in the words of the chart. */
  readonly event: string;
  readonly guard?: string;
  /** Of a timer: its name, and how long it takes where that is always the same. */
  readonly delay?: string;
  readonly delayMs?: number;
  readonly actions: readonly string[];
  readonly label: string;
  /** Whether its state is not left. */
  readonly isInternal: boolean;
}

/** What a machine's definition says, without places. */
export interface ChartModel {
  readonly machine: MachineName;
  readonly initial: string;
  readonly states: readonly ChartState[];
  readonly transitions: readonly ChartTransition[];
}

export interface ChartNode extends ChartState, Box {
  readonly titleBox: Box;
  /** Lines in its box that are no transitions: `entry`, `exit` and `invokes` in words. */
  readonly notes: readonly { readonly text: string; readonly box: Box }[];
}

export interface ChartEdge extends ChartTransition {
  readonly labelBox: Box;
  /**
   * The bends of its line, from source to target; transitions between the same two states share one. Empty where the label stands in the
   * source's box: the state is not left, or the target is final and its name is in the label.
   */
  readonly points: readonly Point[];
}

export interface Chart {
  readonly machine: MachineName;
  readonly width: number;
  readonly height: number;
  /** The dot and the line to the state in which the machine starts. */
  readonly start: Point & { readonly radius: number; readonly points: readonly Point[] };
  /** A compound state comes before those in it. */
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly ChartEdge[];
  /** The state that was asked to be shown as active. */
  readonly active?: string;
}
