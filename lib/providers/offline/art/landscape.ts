/** The landscape look: a lit sky, depth in layers of haze, and the motif that the scene is about. */
import { drawGround, drawMist } from "./ground.ts";
import { chooseMotif } from "./motifs/choose.ts";
import type { Motif } from "./motifs/motif.ts";
import { paletteFor } from "./palette.ts";
import { aside, type Context } from "./pen.ts";
import { randomFrom, seedOf } from "./random.ts";
import type { DrawRequest } from "./request.ts";
import { drawBirds, drawSky } from "./sky.ts";
import { type Stage, setStage } from "./stage.ts";

export function drawLandscape(ctx: Context, request: DrawRequest, seed: number): void {
  const random = randomFrom(seed);
  const palette = paletteFor(request.style, random);
  const motif = chooseMotif(request, random);
  const aspect = motif.kind === "subject" ? motif.aspect : 1;
  // The stage has its own chance, so that a scene keeps its composition when a motif's strokes change.
  const stageRandom = randomFrom(seedOf("stage", String(seed)));
  const stage = setStage({ ctx, palette, random: stageRandom }, request, { light: motif.light, aspect });
  drawSky(stage, motif.light);
  if (motif.kind === "view") motif.draw(stage);
  else drawSubject(stage, motif);
}

function drawSubject(stage: Stage, motif: Motif & { kind: "subject" }): void {
  const { ctx, subject, sun, height } = stage;
  drawGround(stage, motif.setting);
  if (motif.setting === "hills" || motif.setting === "meadow") drawBirds(stage);
  aside(ctx, () => {
    ctx.translate(subject.x, subject.foot);
    // Motifs are drawn with the light from the right.
    const mirrored = sun.x < subject.x && motif.oneWay !== true;
    ctx.scale(mirrored ? -subject.size : subject.size, subject.size);
    motif.draw(stage);
  });
  if (motif.setting === "hills" || motif.setting === "meadow")
    drawMist(stage, height * 0.97, height * 0.12, 0.14);
}
