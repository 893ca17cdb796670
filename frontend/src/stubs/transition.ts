// d3-zoom asks running transitions to stop. There are none here.
import { selection } from "d3-selection";

(selection as any).prototype.interrupt = function (this: unknown) {
  return this;
};

export function interrupt(): void {}
