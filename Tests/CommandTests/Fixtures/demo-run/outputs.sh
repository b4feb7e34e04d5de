#!/usr/bin/env bash
# Runs a small demonstration and prints the SHA-256 of every file that it writes:
#
#   outputs.sh MORULA MODELS FOLDER > outputs.sha256
#
# The baseline kernels, an old OpenBLAS core and a C library without FMA give the same bits on every
# x86-64 processor. Seconds, times of day and absolute paths are removed from run.json, config.yaml
# and history.csv first; the manifests and the checkpoint, last.safetensors, hold seconds and are left
# out.
set -euo pipefail
morula=$1
export MORULA_MODELS=$2
export MORULA_KERNELS=baseline OPENBLAS_CORETYPE=Nehalem
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4
mkdir -p "$3"
cd "$3"
exec 3>&1 > log.txt 2>&1
trap '[ $? = 0 ] || cat log.txt >&3' EXIT

"$morula" synthesize --output series --frames 3 --seed 7 --end 16 \
  --size 50,48,20 --voxel-size 2,2,4.375 --diversity 0.5
"$morula" segment series/images/t001.tif --output network --masks --probabilities
"$morula" segment series/images --output classical --method classical --hyperstack
"$morula" measure series/instances --image series/images --output truth
"$morula" evaluate --prediction classical --truth series/instances \
  --json classical/scores.json --csv classical/scores.csv
"$morula" stress series/images/t002.tif --truth series/instances --method classical \
  --csv stress.csv
"$morula" convert series/images --output converted.ome.tif
"$morula" convert series/images/t001.tif --output converted.zarr
"$morula" info converted.ome.tif --json > info.json
"$morula" figure --column truth=series/instances --column classical=classical \
  --images series/images --output figure.svg
"$morula" synthesize --output training --embryos 2 --frames 2 --seed 1 \
  --size 42,40,17 --voxel-size 2.4,2.4,5.25
cat > training.yaml <<'YAML'
network: {kind: nsn, levels: 2, base: 3}
data: {root: training, images: images, targets: nsn, validation: "Emb02_*"}
preprocessing: {scaling: percentile, voxel: isotropic}
sampling: {mode: patches, patch: [16, 16, 16], patches_per_volume: 4}
augmentation:
  flips: {probability: 0.5, axes: [x, y, z]}
  gamma: {probability: 0.5, range: [0.7, 1.4]}
loss: {kind: bce_dice}
optimizer: {kind: adam, learning_rate: 5e-3}
training: {epochs: 2, batch_size: 4}
YAML
"$morula" train --config training.yaml --output run
"$morula" predict --model run/best.safetensors training/images/Emb02_t002.tif --output predicted
"$morula" model export run/best.safetensors --format onnx --output best.onnx
"$morula" model info run/best.safetensors > model.txt

sed -i '/"command" : \[/,/\]/d; /"seconds" :/d; /"started" :/d; s|"[^"]*/\([a-z]*.safetensors\)"|"\1"|' \
  */run.json
sed -i "s|$PWD/||" run/config.yaml
sed -i 's/,[^,]*$//' run/history.csv
rm log.txt training.yaml run/last.safetensors
# What a run needs to be continued holds dates and seconds.
rm -r */.morula */manifest.jsonl
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum >&3
