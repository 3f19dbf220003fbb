/** Colours as ffmpeg's filter `ass` has to be told them, so that they are right on a film in BT.709. */

/** Of red and of blue in the luma (ITU-R BT.709-6 and BT.601-7); what is left is green's. */
const BT709 = { red: 0.2126, blue: 0.0722 };
const BT601 = { red: 0.299, blue: 0.114 };

/**
 * "#rrggbb" → "BBGGRR", as ASS writes colours. The filter turns what it is told into a film's numbers by BT.601,
 * whatever the film says that it has (5.1 and the build of 2018: measured; on frames that say nothing newer ones do so
 * too), and the film is turned back by BT.709: gold would be 7 of 255 too red. So it is told the colour that BT.601
 * has the wanted one's numbers for. Greys are the same in both. What has no such colour (pure red or green) comes as
 * near as there is.
 */
export function assColour(rgb: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(rgb.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
  const luma = BT709.red * red + BT709.blue * blue + (1 - BT709.red - BT709.blue) * green;
  const newRed = luma + ((red - luma) * (1 - BT601.red)) / (1 - BT709.red);
  const newBlue = luma + ((blue - luma) * (1 - BT601.blue)) / (1 - BT709.blue);
  const newGreen = (luma - BT601.red * newRed - BT601.blue * newBlue) / (1 - BT601.red - BT601.blue);
  return [newBlue, newGreen, newRed]
    .map((value) =>
      Math.round(Math.min(Math.max(value, 0), 255))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")
    .toUpperCase();
}

/** "&HAABBGGRR", where AA is how transparent it is. */
export function styleColour(rgb: string, opacity = 1): string {
  const alpha = Math.round((1 - opacity) * 255).toString(16);
  return `&H${alpha.padStart(2, "0").toUpperCase()}${assColour(rgb)}`;
}
