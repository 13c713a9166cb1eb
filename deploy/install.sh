#!/bin/sh
# Installs Genkan from a release: the archive for this machine, if its checksum is right.
# Works without a network from a folder that holds the files of the release.
set -eu

usage() {
    cat <<'TEXT'
usage: install.sh [--from PLACE] [--to FOLDER]

--from PLACE  a folder with the files of a release, or its https address
              [default: the folder of this script]
--to FOLDER   where the program goes
              [default: /usr/local/bin for root, else ~/.local/bin]
--help        show this

Nothing is installed unless the archive has the checksum that SHA256SUMS gives.
TEXT
}

# fail MESSAGE HINT
fail() {
    echo "install.sh: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

wrong() {
    echo "install.sh: $1" >&2
    usage >&2
    exit 2
}

from='' to=''
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        usage
        exit 0
        ;;
    --from | --to)
        if [ $# -lt 2 ] || [ -z "$2" ]; then wrong "$1 needs a value"; fi
        if [ "$1" = --from ]; then from=$2; else to=$2; fi
        shift 2
        ;;
    *) wrong "there is no argument $1" ;;
    esac
done
[ -n "$from" ] || from=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ -z "$to" ]; then
    if [ "$(id -u)" = 0 ]; then to=/usr/local/bin; else to=$HOME/.local/bin; fi
fi

case "$(uname -s) $(uname -m)" in
'Linux x86_64' | 'Linux amd64') target=x86_64-unknown-linux-gnu ;;
'Linux aarch64' | 'Linux arm64') target=aarch64-unknown-linux-gnu ;;
'Darwin arm64') target=aarch64-apple-darwin ;;
*) fail "there is no release for $(uname -s) on $(uname -m)" 'Build it: cargo build --release --package genkan.' ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

# fetch NAME: brings a file of the release into the scratch folder.
fetch() {
    case $from in
    https://* | http://127.0.0.1[:/]* | http://localhost[:/]*)
        if command -v curl >/dev/null; then
            curl --fail --silent --show-error --location --max-time 600 \
                --output "$scratch/$1" "${from%/}/$1"
        elif command -v wget >/dev/null; then
            wget --quiet --timeout=60 --output-document="$scratch/$1" "${from%/}/$1"
        else
            fail 'neither curl nor wget is here' 'Install one, or download the release and give its folder: --from FOLDER.'
        fi || fail "cannot download ${from%/}/$1" 'Look whether the address is that of a release.'
        ;;
    *://*) fail "$from is not an https address" 'Whoever can change the archive on its way could change its checksum too.' ;;
    *)
        [ -r "$from/$1" ] || fail "$from/$1 is not there" 'The folder must hold SHA256SUMS and the archive for this machine.'
        cp "$from/$1" "$scratch/$1"
        ;;
    esac
}

fetch SHA256SUMS
# Lines are `<64 hexadecimal digits>  <name>`; a name is never a path.
archive=$(sed -n "s/^[0-9a-f]\{64\} [ *]\(genkan-[A-Za-z0-9._-]*-$target\.tar\.gz\)\$/\1/p" "$scratch/SHA256SUMS")
case $archive in
'') fail "SHA256SUMS lists no archive for $target" 'This release was not built for this machine.' ;;
*"
"*) fail "SHA256SUMS lists several archives for $target" 'Give the place of one release.' ;;
esac
fetch "$archive"

promised=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$archive\$/\1/p" "$scratch/SHA256SUMS")
if command -v sha256sum >/dev/null; then
    found=$(sha256sum <"$scratch/$archive")
elif command -v shasum >/dev/null; then
    found=$(shasum -a 256 <"$scratch/$archive")
else
    fail 'neither sha256sum nor shasum is here' 'Without one the archive cannot be checked.'
fi
[ "${found%% *}" = "$promised" ] ||
    fail "$archive has another checksum than SHA256SUMS gives; nothing was installed" 'Download it again; if it stays so, do not use it and report it.'

# Only the program is taken out, whatever else the archive holds.
program=${archive%.tar.gz}/genkan
tar -xzf "$scratch/$archive" -C "$scratch" "$program" ||
    fail "$archive holds no $program" 'Report it: the release is broken.'
chmod 755 "$scratch/$program"
version=$("$scratch/$program" --version) ||
    fail 'the program does not start on this machine' 'It needs glibc 2.35 or newer on Linux; else build it from source.'

mkdir -p "$to" || fail "cannot make $to" 'Choose another folder with --to.'
# Renamed into place, so that an older one that runs is not disturbed and none is ever half there.
cp "$scratch/$program" "$to/.genkan.$$" || fail "cannot write to $to" 'Choose another folder with --to, or install as root.'
mv "$to/.genkan.$$" "$to/genkan"

echo "Installed $version as $to/genkan."
case ":$PATH:" in
*":$to:"*) ;;
*) echo "$to is not on your PATH yet." ;;
esac
