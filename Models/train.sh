#!/bin/sh
# Trains the models of this folder: synthetic embryos, the networks, and the packed weights. Also the 3D U-Net
# that Models/evaluate.sh compares them with.
#
#   Models/train.sh PATH/TO/bbbc050 [FOLDER]
#
# FOLDER (default .build/models) takes the synthetic embryos and the runs, some 3 GB; an interrupted
# training goes on where it was.
set -eu
cd "$(dirname "$0")/.."
DATA=$(realpath "$1")
WORK=${2:-.build/models}
MORULA=${MORULA:-.build/release/morula}
mkdir -p "$WORK"
WORK=$(realpath "$WORK")

# Four microscopes' grids, each with four embryos at seven times, of which two, some 16 and 60 nuclei, are
# trained on, in one folder, as training reads one.
synthesize() { # name voxel-size size seed
  [ -e "$WORK/$1/Emb04_res_track.txt" ] ||
    $MORULA synthesize --output "$WORK/$1" --embryos 4 --frames 7 --voxel-size "$2" --size "$3" --seed "$4"
  for kind in images nsn ndn; do
    mkdir -p "$WORK/synthetic/$kind"
    for file in "$WORK/$1/$kind"/*_t005.tif "$WORK/$1/$kind"/*_t007.tif; do
      ln -sf "$file" "$WORK/synthetic/$kind/$1-$(basename "$file")"
    done
  done
}
synthesize a 0.8,0.8,1.75 124,124,51 101
synthesize b 0.8,0.8,2 124,124,45 102
synthesize c 0.6,0.6,1.5 166,166,60 103
synthesize d 0.8,0.8,2.5 124,124,36 104

train() { # network options
  network=$1
  shift
  resume=
  [ -e "$WORK/$network/last.safetensors" ] && resume=--resume
  $MORULA train --config Models/$network.yaml --output "$WORK/$network" $resume --set data.root="$DATA" "$@"
}
pack() { # name options
  $MORULA model pack "$WORK/$1/last.safetensors" --output "Models/$1.safetensors" --half --name "$@"
}

train nsn
train nsn-robust --set network.weights="$WORK/nsn/last.safetensors"
pack nsn --blend "$WORK/nsn-robust/last.safetensors" --share 0.6 --threshold 0.5
train ndn --set data.supplement.images="$WORK/synthetic/images" --set data.supplement.targets="$WORK/synthetic/ndn"
pack ndn
train unet
mkdir -p .build/accuracy
$MORULA model pack "$WORK/unet/last.safetensors" --output .build/accuracy/unet.safetensors --name unet
