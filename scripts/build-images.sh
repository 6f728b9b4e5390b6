#!/usr/bin/env bash
# Builds movielms/{apiservice,worker,realtime,web}:TAG with Podman from publish output, without access to an image registry.
# With a registry, use the .NET SDK's container support instead: see "Images" in docs/deploy.md.
#
#   scripts/build-images.sh
#
# BASE is the base image (default localhost/debian:12-min), TAG the tag (default latest), WORK the folder for publish output.
# The images contain this machine's .NET runtime and run as the user "app", which owns no files in them.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${BASE:-localhost/debian:12-min} tag=${TAG:-latest} work=${WORK:-/var/tmp/movielms-images}
runtime=localhost/movielms-runtime:12
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")

# The base layer of the services, with the settings of mcr.microsoft.com/dotnet/aspnet.
if ! podman image exists "$runtime"; then
  context=$work/runtime
  rm -rf "$context" && mkdir -p "$context/dotnet/shared"
  cp -a "$dotnet/dotnet" "$dotnet/host" "$context/dotnet/"
  cp -a "$dotnet/shared/Microsoft.NETCore.App" "$dotnet/shared/Microsoft.AspNetCore.App" "$context/dotnet/shared/"
  cat >"$context/Containerfile" <<EOF
FROM $base
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libicu72 libssl3 tzdata \
 && rm -rf /var/lib/apt/lists/* && useradd --uid 1654 --no-create-home --shell /usr/sbin/nologin app
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true
WORKDIR /app
EOF
  podman build --network host -q -t "$runtime" "$context"
fi

for project in ApiService Worker Realtime Web; do
  name=${project,,} context=$work/${project,,}
  rm -rf "$context" && mkdir -p "$context"
  # All four use one artifacts folder, so shared projects are compiled once and the checkout's build output is not touched.
  dotnet publish "MovieLms.$project" -c Release --nologo -v q --artifacts-path "$work/artifacts" -o "$context/app" \
    -p:UseSharedCompilation=true -p:DebugType=none
  rm -rf "$context"/app/runtimes/{win,osx,maccatalyst,browser,linux-musl}*
  cat >"$context/Containerfile" <<EOF
FROM $runtime
COPY app /app
USER app
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/MovieLms.$project.dll"]
EOF
  podman build -q -t "movielms/$name:$tag" "$context"
done
