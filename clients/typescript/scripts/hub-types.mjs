/**
 * Prints TypeScript declarations of the hub, from its AsyncAPI document alone: the schemas, `HubMethods`, `HubEvents` and
 * `ErrorCode`. The path of the document is the one argument.
 */
import { readFileSync } from "node:fs";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { schemas, messages } = document.components;

/** Returns the TypeScript type of a JSON schema. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.allOf) return schema.allOf.map(typeOf).join(" & ");
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  return [schema.type].flat().map((type) => simpleType(type, schema)).join(" | ");
}

function simpleType(type, schema) {
  if (type === "array") return `ReadonlyArray<${typeOf(schema.items)}>`;
  if (type === "integer") return "number";
  if (type !== "object") return type;
  const members = Object.entries(schema.properties).map(([name, member]) => `${comment(member.description)}  readonly ${name}${schema.required.includes(name) ? "" : "?"}: ${typeOf(member)};`);
  return `{\n${members.join("\n")}\n}`;
}

const comment = (text) => (text ? `/** ${text} */\n` : "");
const messageOf = (reference) => messages[reference.$ref.split("/").at(-1)].payload.properties;
const operations = Object.entries(document.operations);

for (const [name, schema] of Object.entries(schemas)) console.log(`${comment(schema.description)}export type ${name} = ${typeOf(schema)};\n`);

console.log("export interface HubMethods {");
for (const [name, { action, description, messages: [call], reply }] of operations) {
  if (action !== "receive") continue;
  const parameters = messageOf(call).arguments.items.map((item) => `${item.title}: ${typeOf(item)}`);
  const { result } = messageOf(reply.messages[0]);
  console.log(`${comment(description)}  ${name}(${parameters.join(", ")}): Promise<${result ? typeOf(result) : "void"}>;`);
}
console.log("}\n\nexport interface HubEvents {");
for (const [name, { action, description, messages: [event] }] of operations) if (action === "send") console.log(`${comment(description)}  ${name}: ${typeOf(messageOf(event).arguments.items[0])};`);
console.log("}");
