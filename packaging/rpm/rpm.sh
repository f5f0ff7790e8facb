#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the .rpm of numproof out of a compiled build folder, the same bytes for the same input.
#
#     rpm.sh BUILD VERSION OUTPUT WORK     BUILD: a build with prefix /usr; WORK is emptied
#
# SOURCE_DATE_EPOCH is the time in the package.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=$1 version=$2 output=$(readlink -f "$3")
rm -rf "$4"
mkdir -p "$4"
work=$(readlink -f "$4")
tree=$work/tree
umask 022

DESTDIR=$tree cmake --install "$build" >/dev/null

# Where an rpm system has these things.
if [ -d "$tree/lib/systemd" ]; then
    mkdir -p "$tree/usr/lib"
    cp -a "$tree/lib/systemd" "$tree/usr/lib/"
    rm -r "$tree/lib"
fi
unit=$tree/usr/lib/systemd/system/numproofd.service
"$here/../systemd/unit_for.py" 239 <"$unit" >"$work/unit"
cp "$work/unit" "$unit"
mkdir -p "$tree/usr/share/zsh/site-functions" "$tree/usr/share/licenses/numproof"
mv "$tree/usr/share/zsh/vendor-completions/_numproofctl" "$tree/usr/share/zsh/site-functions/"
rmdir "$tree/usr/share/zsh/vendor-completions"
cp "$here/../../LICENSE" "$tree/usr/share/licenses/numproof/"
find "$tree/usr/share/man" -type f -exec gzip -9n {} +

for program in numproofd numproofctl; do
    mkdir -p "$tree/usr/lib/debug/usr/bin"
    debug=$tree/usr/lib/debug/usr/bin/$program.debug
    objcopy --only-keep-debug --compress-debug-sections "$tree/usr/bin/$program" "$debug"
    chmod 0644 "$debug"
    strip --strip-all --remove-section=.comment "$tree/usr/bin/$program"
    objcopy --add-gnu-debuglink="$debug" "$tree/usr/bin/$program"
done

rpmbuild -bb --quiet \
    --define "_topdir $work/top" --define "_rpmdir $work/rpms" --define "tree $tree" --define "np_version $version" \
    --define "packager Numproof developers <packages@numproof.example>" --define "_buildhost numproof" \
    --define "use_source_date_epoch_as_buildtime 1" --define "clamp_mtime_to_source_date_epoch 1" --define "_build_id_links none" \
    --define "_binary_payload w19.zstdio" --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \
    "$here/numproof.spec"
mv "$work"/rpms/numproof-*.rpm "$output/"
