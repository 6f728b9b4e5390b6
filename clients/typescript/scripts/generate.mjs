/** Generates src/generated from the documents in openapi: the types of the API and of the hub. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const documents = join(here, "..", "..", "..", "openapi");
const target = join(here, "..", "src", "generated");
const generator = join(dirname(createRequire(import.meta.url).resolve("openapi-typescript/package.json")), "bin", "cli.js");

mkdirSync(target, { recursive: true });
const options = ["--root-types", "--root-types-no-schema-prefix", "--export-type"];
execFileSync(process.execPath, [generator, join(documents, "v1.json"), "-o", join(target, "api.ts"), ...options], { stdio: ["ignore", "ignore", "inherit"] });
writeFileSync(join(target, "hub.ts"), execFileSync(process.execPath, [join(here, "hub-types.mjs"), join(documents, "hub.asyncapi.json")]));
