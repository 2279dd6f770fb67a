/** The fixed 13 bytes at the start of a frame; bit pictures in docs/peer-protocol.md, "Frames". */

export const FRAME_HEADER_BYTES = 13;

export interface FrameHeader {
  /** 0 to 63. */
  readonly typeCode: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly session: number;
  readonly sequence: number;
  readonly acknowledgement: number;
}

const FIRST_FLAG = 0x80;
const LAST_FLAG = 0x40;

export function readFrameHeader(view: DataView, start: number): FrameHeader {
  const typeByte = view.getUint8(start);
  return {
    typeCode: typeByte & ~(FIRST_FLAG | LAST_FLAG),
    isFirst: (typeByte & FIRST_FLAG) !== 0,
    isLast: (typeByte & LAST_FLAG) !== 0,
    session: view.getUint32(start + 1),
    sequence: view.getUint32(start + 5),
    acknowledgement: view.getUint32(start + 9),
  };
}

export function writeFrameHeader(view: DataView, start: number, header: FrameHeader): void {
  const flags = (header.isFirst ? FIRST_FLAG : 0) | (header.isLast ? LAST_FLAG : 0);
  view.setUint8(start, header.typeCode | flags);
  view.setUint32(start + 1, header.session);
  view.setUint32(start + 5, header.sequence);
  view.setUint32(start + 9, header.acknowledgement);
}
