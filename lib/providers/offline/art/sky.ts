/** Everything above the horizon: the gradient, stars, sun or moon, clouds and birds. */
import { fade, lighter, mix } from "./colour.ts";
import { aside, disc, down, glow, line, oval, rect } from "./pen.ts";
import { between } from "./random.ts";
import type { Light, Stage } from "./stage.ts";

export function drawSky(stage: Stage, light: Light): void {
  const { ctx, palette, width, height, horizon } = stage;
  rect(ctx, down(ctx, 0, horizon * 1.04, palette.top, palette.middle, palette.low), 0, 0, width, height);
  drawStars(stage);
  if (light !== "hidden") drawSun(stage, light);
  drawClouds(stage);
}

/** Fewer towards the horizon, where the sky is bright; none over a pale sky. */
function drawStars({ ctx, random, width, short, horizon, palette }: Stage): void {
  const darkness = 1 - Number.parseInt(palette.top.slice(3, 5), 16) / 110;
  for (let i = 0; i < 150; i++) {
    const y = random() ** 1.7 * horizon * 0.8;
    const strength = (1 - y / horizon) * between(random, 0.15, 0.9) * darkness;
    const radius = (0.0006 + random() ** 7 * 0.0016) * short;
    const x = random() * width;
    if (strength > 0.03) disc(ctx, fade("#fff8ea", strength), x, y, Math.max(0.6, radius));
  }
}

function drawSun({ ctx, palette, sun }: Stage, light: Light): void {
  const { x, y, radius } = sun;
  const behind = light === "behind";
  glow(ctx, palette.light, x, y, radius * (behind ? 2.6 : 7), behind ? 0.6 : 0.75);
  const colour = behind ? mix(palette.low, palette.light, 0.55) : palette.light;
  disc(
    ctx,
    down(ctx, y - radius, y + radius, lighter(colour, 0.15), mix(colour, palette.low, behind ? 0.75 : 0.2)),
    x,
    y,
    radius,
  );
}

function drawClouds({ ctx, random, palette, width, height, horizon }: Stage): void {
  const colour = mix(palette.low, "#ffffff", 0.35);
  for (let i = 0; i < 20; i++) {
    const x = between(random, -0.1, 1.1) * width;
    const y = horizon * between(random, 0.22, 0.9);
    const rx = width * between(random, 0.06, 0.24);
    const ry = height * between(random, 0.004, 0.014);
    aside(ctx, () => {
      ctx.translate(x, y);
      ctx.scale(rx, ry);
      const soft = ctx.createRadialGradient(0, 0, 0, 0, 0, 1);
      soft.addColorStop(0, fade(colour, 0.32));
      soft.addColorStop(1, fade(colour, 0));
      oval(ctx, soft, 0, 0, 1, 1);
    });
  }
}

/** A few birds high on the side away from the sun, where nothing else is drawn. */
export function drawBirds(stage: Stage): void {
  const { ctx, random, palette, width, height, short, sun } = stage;
  const centre = width * (sun.x > width / 2 ? 0.26 : 0.74);
  const colour = fade(mix(palette.near, palette.middle, 0.25), 0.85);
  const count = Math.floor(between(random, 3, 7));
  for (let i = 0; i < count; i++) {
    const x = centre + between(random, -0.1, 0.1) * width;
    const y = height * between(random, 0.13, 0.22);
    const wing = short * between(random, 0.007, 0.014);
    line(ctx, colour, Math.max(1, wing * 0.16), [
      [x - wing * 1.7, y - wing * 0.5],
      [x - wing * 0.7, y - wing * 0.75],
      [x, y],
      [x + wing * 0.7, y - wing * 0.75],
      [x + wing * 1.7, y - wing * 0.5],
    ]);
  }
}
