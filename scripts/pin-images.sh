#!/usr/bin/env bash
# Resolves the tags of the container images to digests and writes them to the files that use the images: deploy/compose.yaml,
# .github/workflows/ci.yml and MovieLms.AppHost/Backing/ImageDigests.cs. Requires docker (buildx), skopeo or crane, and the network.
#
#   scripts/pin-images.sh            updates every digest
#   scripts/pin-images.sh --check    changes nothing, and fails if a digest is missing or does not match its tag
set -euo pipefail
cd "$(dirname "$0")/.."
check=0
[[ ${1:-} == --check ]] && check=1
files=(deploy/compose.yaml .github/workflows/ci.yml)
constants=MovieLms.AppHost/Backing/ImageDigests.cs

resolve() { # image:tag -> sha256:...
  if command -v crane >/dev/null; then crane digest "$1"
  elif command -v skopeo >/dev/null; then skopeo inspect --raw "docker://$1" | sha256sum | sed 's/^\([0-9a-f]*\).*/sha256:\1/'
  elif command -v docker >/dev/null; then docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'
  else echo "Install crane, skopeo or docker." >&2; return 1
  fi
}

# The images of MovieLms (${IMAGES…}) are skipped: they are built from this repository and have the operator's tag.
images=$(grep -hoE 'image: [^ $]+' "${files[@]}" | sed -E 's/^image: //; s/@sha256:.*//' | sort -u)
wrong=0
for image in $images; do
  digest=$(resolve "$image")
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "$image: '$digest' is not a digest" >&2; exit 1; }
  hex=${digest#sha256:} name=${image##*/}
  constant=$(tr '[:lower:]' '[:upper:]' <<<"${name:0:1}")${name:1}
  constant=${constant%%:*}
  if [[ $check == 1 ]]; then
    for file in "${files[@]}"; do
      if grep -E "image: $image(@| |\$)" "$file" | grep -qv "$digest"; then echo "$file: $image is not $digest"; wrong=1; fi
    done
    if grep -qE "string $constant = " "$constants" && ! grep -q "$hex" "$constants"; then echo "$constants: $constant is not $hex"; wrong=1; fi
    continue
  fi
  echo "$image@$digest"
  # The comment after the digest records the tag and the date, because the digest alone does not identify a release.
  sed -E -i "s|image: $image(@sha256:[0-9a-f]{64}( # .*)?)?\$|image: $image@$digest # ${image##*:} of $(date -u +%F)|" "${files[@]}"
  sed -E -i "s|(string $constant = )\"[0-9a-f]{64}\"|\1\"$hex\"|" "$constants"
done
exit $wrong
