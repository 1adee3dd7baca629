# Sourced by `build` and `root-image`: fetching Debian packages and laying them out as a directory tree, without installing anything.
# apt resolves against an empty status file, so that what comes is complete whatever this machine has installed.

cache=${SPINDRIFT_GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spindrift-guest}
PATH=$PATH:/usr/sbin:/sbin

say() { echo "${0##*/}: $*" >&2; }
die() { say "$*"; exit 1; }

need() {
    local tool
    for tool; do command -v "$tool" >/dev/null || die "$tool is not installed"; done
}

# lock NAME: one builder at a time for each result
lock() {
    mkdir -p "$cache"
    exec 9>"$cache/.$1.lock"
    flock 9
}

apt_alone() {
    mkdir -p "$cache/debs/partial"
    : > "$cache/debs/no-status"
    apt-get -qq -o Dir::State::status="$cache/debs/no-status" -o Dir::Cache::archives="$cache/debs" \
        -o APT::Install-Recommends=0 -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}

# fetch PACKAGE...: downloads them with everything they depend on; prints the file names
fetch() {
    apt_alone --download-only -y install "$@" >&2 || die "apt could not fetch: $*"
    # what is in the cache already is not listed by --print-uris, so the plan is read from a simulation
    apt_alone -s install "$@" | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*\[\([a-z0-9]*\)\]).*/\1 \2 \3/p' |
        while read -r name version arch; do
            echo "$cache/debs/${name}_${version//:/%3a}_$arch.deb"
        done
}

# lay_out TREE FILE...: unpacks into a merged-/usr tree
lay_out() {
    local tree=$1 link deb
    shift
    mkdir -p "$tree"/usr/{bin,sbin,lib,lib64} "$tree"/{dev,proc,sys,run,tmp,mnt,payload,etc,root}
    for link in bin sbin lib lib64; do [ -e "$tree/$link" ] || ln -s "usr/$link" "$tree/$link"; done
    for deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tree" --keep-directory-symlink --no-same-owner \
            --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' || die "cannot unpack $deb"
    done
    # what the packages' own scripts would have done
    [ -e "$tree/bin/sh" ] || ln -s dash "$tree/bin/sh"
    [ -e "$tree/usr/bin/awk" ] || ln -s mawk "$tree/usr/bin/awk"
    ln -sfn /proc/mounts "$tree/etc/mtab"
    echo 'root:x:0:0:root:/root:/bin/sh' > "$tree/etc/passwd"
    echo 'root:x:0:' > "$tree/etc/group"
    echo '127.0.0.1 localhost' > "$tree/etc/hosts"
}

# ext4_of TREE IMAGE SIZE_MB LABEL: a file system made from a directory, without mounting
ext4_of() {
    rm -f "$2"
    mke2fs -q -t ext4 -m 0 -L "$4" -E root_owner=0:0,lazy_itable_init=0 -U 7d1f3c5a-0000-4000-8000-00000000000a \
        -d "$1" "$2" "${3}m" || die "mke2fs failed for $2"
}

megabytes_of() { du -sm --apparent-size "$1" | cut -f1; }
