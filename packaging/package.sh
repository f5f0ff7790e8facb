#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes dist/*.deb and dist/*.rpm of what git knows of this clone: ./dev package. In a copy, so that debian/ is not at the top
# of the clone and nothing unversioned gets in.
#
#     package.sh OUTPUT COPY      packages go to OUTPUT, the build happens in COPY, which is emptied
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
mkdir -p "$1" "$2"
output=$(readlink -f "$1")
copy=$(readlink -f "$2")/numproof

rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
done | xargs -0 cp --parents -P -t "$copy"
cp -r packaging/debian "$copy/debian"

# Times in the packages are that of the commit; nothing else of the machine may get in.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
# debhelper gives the build a home of its own; the compiler cache is still ours. It must not put relative names in the
# place of this folder's, as it does for ./dev: they would stand in messages and debug information.
if command -v ccache >/dev/null && [ -z "${CCACHE_DISABLE:-}" ]; then
    CCACHE_DIR=$(ccache --get-config cache_dir)
    export CCACHE_DIR
fi
unset CCACHE_BASEDIR CCACHE_NOHASHDIR
umask 022
(cd "$copy" && dpkg-buildpackage --build=binary --no-sign --jobs=auto)

version=$(dpkg-parsechangelog -l "$copy/debian/changelog" -S Version)
find "$copy/.." -maxdepth 1 -type f -name "*_${version}_*" -exec mv -t "$output" {} +
packaging/rpm/rpm.sh "$copy/obj" "$version" "$output" "$copy/../rpm"
packaging/sbom.py "$output"/numproof_"$version"_*.deb >"$output/numproof_$version.spdx.json"
