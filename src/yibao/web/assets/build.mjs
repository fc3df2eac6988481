// Build what a browser reads: one style sheet and four small scripts, into ../static/build.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../../../node_modules");
const target = join(here, "../static/build");

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const style = compile(join(here, "app.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
});
writeFileSync(join(target, "app.css"), style.css);
copyFileSync(join(here, "app.js"), join(target, "app.js"));
copyFileSync(join(here, "passkey.js"), join(target, "passkey.js"));
copyFileSync(join(here, "desk.js"), join(target, "desk.js"));
copyFileSync(join(here, "mark.svg"), join(target, "mark.svg"));
copyFileSync(join(modules, "govuk-frontend/dist/govuk/govuk-frontend.min.js"), join(target, "govuk-frontend.min.js"));
copyFileSync(join(modules, "htmx.org/dist/htmx.min.js"), join(target, "htmx.min.js"));
