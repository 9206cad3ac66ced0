#!/bin/sh
# The built wheel in an empty folder, in a virtual environment of its own: init, check, plan, rehearse.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=$(cd "$root" && cd "$BIN" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cd "$root"
"$bin/python" -m build --wheel --no-isolation --outdir "$place/dist" . >/dev/null
"$PYTHON" -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$root/lock/run.txt"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "$place"/dist/*.whl
"$place/venv/bin/pip" check --disable-pip-version-check

mkdir "$place/empty"
cd "$place/empty"
campaignbot="$place/venv/bin/campaignbot"
"$campaignbot" init here
cd here
"$campaignbot" check
posts=$("$campaignbot" plan --json | wc -l)
[ "$posts" -gt 300 ] || { echo "only $posts posts are planned"; exit 1; }
"$campaignbot" plan >/dev/null
cd ..
"$campaignbot" rehearse
echo "the wheel works: $posts posts planned"
