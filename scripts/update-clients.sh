#!/usr/bin/env bash
# Generates, builds and packs the clients from openapi/v1.json and openapi/hub.asyncapi.json, into artifacts/clients.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
output=$PWD/artifacts/clients
mkdir -p "$output"

node clients/dotnet/scripts/hub-types.mjs openapi/hub.asyncapi.json >clients/dotnet/MovieLms.Client/Hub/HubContract.g.cs
dotnet pack clients/dotnet/MovieLms.Client -warnaserror -o "$output" -v q

[[ -d clients/typescript/node_modules ]] || npm ci --prefix clients/typescript
(cd clients/typescript && npm pack --pack-destination "$output" >/dev/null)
ls "$output"
