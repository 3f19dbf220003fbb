/** Writes the schemas beside it, as the built program prints them: `npm run schemas`. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
for (const name of ["config", "pipeline", "script"]) {
  const schema = execFileSync(process.execPath, [program, "schema", name]);
  writeFileSync(new URL(`${name}.schema.json`, import.meta.url), schema);
}
