#!/usr/bin/env bash
# system.sh PACKAGE...: installs Debian packages where that is possible, else says what is missing. Never fails.
missing=()
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "system packages are there: $*"
    exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && missing=() ||
        { apt-get update -q >/dev/null 2>&1; apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && missing=(); }
fi
if [ ${#missing[@]} -eq 0 ]; then
    echo "system packages installed: $*"
else
    echo "missing system packages: ${missing[*]}; the tests that use them skip (install them with apt-get as root)"
fi
exit 0
