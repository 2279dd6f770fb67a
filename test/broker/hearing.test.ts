import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createHearing } from '../../src/broker/hearing.js';
import { LINK_OPEN_TIMEOUT_MS, RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import { presenceOf } from '../../src/transport/contract/stage.js';
import type { Sighting } from '../../src/transport/transport.js';

function createHearingNotes() {
  const clock = new SimulatedClock();
  const notes: string[] = [];
  const note = (what: string) => (deviceId: string) => void notes.push(`${deviceId} ${what}`);
  const hearing = createHearing({
    clock,
    onBack: note('is back'),
    onInvitation: note('invites'),
    onInvitationOver: note('invites no more'),
  });
  return { ...hearing, clock, notes };
}

const sighting = (deviceId: string, changes: Partial<Sighting> = {}): Sighting => ({
  ...presenceOf(deviceId),
  ...changes,
});

describe('what is heard of devices', () => {
  it('is news when one comes into range, and again only after it was gone', () => {
    const { see, notes } = createHearingNotes();
    see([sighting('phone')]);
    see([sighting('phone', { rssi: -50 }), sighting('tablet')]);
    see([sighting('tablet')]);
    see([sighting('tablet'), sighting('phone')]);
    expect(notes).toEqual(['phone is back', 'tablet is back', 'phone is back']);
  });

  it('is an invitation once, until it was not heard for as long as opening a link may take', () => {
    const { see, isInviting, notes, clock } = createHearingNotes();
    const asking = sighting('phone', { wantsLink: true });
    see([asking]);
    see([sighting('phone')]);
    clock.increment(LINK_OPEN_TIMEOUT_MS - 1);
    see([asking]);
    clock.increment(LINK_OPEN_TIMEOUT_MS);
    expect([notes, isInviting('phone')]).toEqual([['phone is back', 'phone invites'], true]);
    see([]);
    see([]);
    clock.increment(LINK_OPEN_TIMEOUT_MS - 1);
    expect(isInviting('phone')).toBe(true);
    clock.increment(1);
    expect([notes.at(-1), isInviting('phone')]).toEqual(['phone invites no more', false]);
    see([asking]);
    expect(notes.at(-1)).toBe('phone invites');
  });

  it('is an invitation that a link answers, without further words', () => {
    const { see, isInviting, noteLink, notes, clock } = createHearingNotes();
    see([sighting('phone', { wantsLink: true })]);
    noteLink('phone');
    see([sighting('phone')]);
    clock.increment(LINK_OPEN_TIMEOUT_MS);
    expect([notes.at(-1), isInviting('phone')]).toEqual(['phone invites', false]);
    see([sighting('phone', { wantsLink: true })]);
    expect(notes).toEqual(['phone is back', 'phone invites', 'phone invites']);
  });

  it('includes that its radio is off, until it is heard, linked or long enough ago', () => {
    const { see, noteRadioOff, noteLink, isRadioOff, clock } = createHearingNotes();
    see([sighting('phone', { lastSeenMs: 0 })]);
    clock.increment(10);
    noteRadioOff('phone');
    see([sighting('phone', { lastSeenMs: 5 })]);
    expect(isRadioOff('phone')).toBe(true);
    see([sighting('phone', { lastSeenMs: 11 })]);
    expect(isRadioOff('phone')).toBe(false);

    noteRadioOff('phone');
    see([]);
    see([sighting('phone')]);
    expect(isRadioOff('phone')).toBe(false);

    noteRadioOff('phone');
    noteLink('phone');
    expect(isRadioOff('phone')).toBe(false);

    noteRadioOff('phone');
    clock.increment(RESUME_WINDOW_MS - 1);
    expect(isRadioOff('phone')).toBe(true);
    clock.increment(1);
    expect(isRadioOff('phone')).toBe(false);
  });
});
