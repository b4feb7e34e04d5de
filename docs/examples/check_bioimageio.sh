#!/usr/bin/env bash
# Validates what `morula model export --format bioimageio` writes with bioimageio.core:
#
#   docs/examples/check_bioimageio.sh MORULA MODEL
#
# MODEL is a weights file or a name that `morula model list` prints. Needs `bioimageio` on the PATH:
#   pip install "bioimageio.core[onnx]==0.11.0" pydantic==2.12.5
# (with pydantic 2.14.3 it cannot serialize a package that it reads). The ONNX weights are run on the test input,
# and must give the test output, and on inputs of other sizes and batches.
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: check_bioimageio.sh MORULA MODEL" >&2; exit 64; }
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$1" model export "$2" --format bioimageio --output "$folder/package.zip"
bioimageio test "$folder/package.zip" --weight-format onnx
