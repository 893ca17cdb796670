// d3-zoom interpolates views only in transitions, which are not used here.
export function interpolateZoom(): () => number[] {
  return () => [0, 0, 1];
}
