#!/usr/bin/env bash
# Copies the NuGet packages that the image's build needs from this machine's package folder to docker/packages, for
#   docker build --build-arg NUGET_SOURCE=/packages …
# where no feed can be reached. Needs the .NET SDK and a package folder that a build of DistRec has filled.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet restore src/DistRec.Cli/DistRec.Cli.csproj --use-current-runtime >&2
folder=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: *//')
find docker/packages -name '*.nupkg' -delete

# Every project that the program is made of names its packages in its assets file, as "name/version".
count=0
while IFS=/ read -r name version; do
  file="${folder%/}/$name/$version/$name.$version.nupkg"
  [ -f "$file" ] || { echo "$file: expected the package as it was downloaded, found none; clear $folder/$name and restore again" >&2; exit 1; }
  cp "$file" docker/packages/
  count=$((count + 1))
done < <(cat src/*/obj/project.assets.json | grep -oE '"path": "[^"]+/[^"]+"' | sed 's/"path": "//; s/"$//' | grep -v '^\.\.' | sort -u)
echo "docker/packages: $count packages"
