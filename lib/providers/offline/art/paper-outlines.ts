/** Outlines that several paper shapes share, as SVG path text. */

export function circle(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 1 ${radius * 2} 0a${radius} ${radius} 0 1 1 ${-radius * 2} 0Z`;
}

export function box(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h${-width}Z`;
}

export function rays(x: number, y: number, inner: number, outer: number, count: number): string {
  const points = Array.from({ length: count * 2 }, (_, i) => {
    const angle = (i / (count * 2)) * Math.PI * 2;
    const reach = i % 2 === 0 ? outer : inner;
    return `${x + Math.cos(angle) * reach} ${y + Math.sin(angle) * reach}`;
  });
  return `M${points.join("L")}Z`;
}

/** Wider than any picture, so that the water has no ends. */
export function ripples(left: number, y: number): string {
  return `M${left * 3} ${y}q.1-.09 .2 0${"t.2 0".repeat(44)}V.6H${left * 3}Z`;
}

export function fir(x: number, foot: number, height: number): string {
  const tiers = [
    [0.3, 0.06, 0.5],
    [0.24, 0.32, 0.72],
    [0.17, 0.58, 1],
  ] as const;
  const parts = tiers.map(
    ([half, from, to]) =>
      `M${x - half * height} ${foot - from * height}L${x} ${foot - to * height}L${x + half * height} ${foot - from * height}Z`,
  );
  return `${box(x - 0.035 * height, foot - 0.1 * height, 0.07 * height, 0.12 * height)}${parts.join("")}`;
}

/** Coins lying on each other. */
export function pile(x: number, count: number): string {
  let d = "";
  for (let i = 0; i < count; i++) {
    const y = 0.06 - i * 0.095;
    d += `M${x - 0.12} ${y - 0.08}h.24a.04 .04 0 0 1 0 .08h-.24a.04 .04 0 0 1 0-.08Z`;
  }
  return d;
}

export function windows(left: number, top: number, columns: number, rows: number, pitch: number): string {
  let d = "";
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      d += box(left + column * pitch, top + row * pitch * 1.25, pitch * 0.5, pitch * 0.6);
  }
  return d;
}
