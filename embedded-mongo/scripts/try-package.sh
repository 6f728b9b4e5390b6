#!/usr/bin/env bash
# Packs EmbeddedMongo, creates the project of the README in an empty folder from the package, and runs its test.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
version=0.0.0-try$(date +%s)
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
trap 'rm -rf "$work" "$cache/embeddedmongo/$version"' EXIT

# The block after the line "<!-- NAME -->".
block() { awk -v start="<!-- $1 -->" '$0 == start { found = 1; next } found && /^```/ { if (open) exit; open = 1; next } open' "$root/README.md"; }

dotnet pack "$root/src/EmbeddedMongo" -c Release -p:Version="$version" -o "$work/packages" -v q
mkdir "$work/Quickstart"
cd "$work/Quickstart"
block Quickstart.csproj | sed -E "s/(Include=\"EmbeddedMongo\" Version=)\"[^\"]*\"/\1\"$version\"/" > Quickstart.csproj
block MovieTests.cs > MovieTests.cs
grep -q "$version" Quickstart.csproj
dotnet restore -p:RestoreAdditionalProjectSources="$work/packages" -v q
dotnet build --no-restore -warnaserror -v q
dotnet run --no-build | tee out.txt
grep -q 'Total: 1, Errors: 0, Failed: 0, Skipped: 0' out.txt
