// Prints what ImageJ reads from the TIFFs in a folder: extents, bit depth, scale, frame interval, display
// range, the values at the corners and the sum of the voxels of every frame. Run by check_imagej.sh.
folder = getArgument();
setBatchMode(true);
print("ImageJ " + getVersion());
names = getFileList(folder);
Array.sort(names);
for (i = 0; i < names.length; i++) {
  isTIFF = endsWith(names[i], ".tif");
  if (isTIFF) {
    start = File.openAsRawString(folder + "/" + names[i], 4);
    if (charCodeAt(start, 2) == 43 || charCodeAt(start, 3) == 43) {
      print(names[i] + ": a BigTIFF, which ImageJ leaves to Bio-Formats");
      isTIFF = false;
    }
  }
  if (isTIFF) {
    open(folder + "/" + names[i]);
    Stack.getDimensions(width, height, channels, slices, frames);
    getVoxelSize(x, y, z, unit);
    interval = Stack.getFrameInterval();
    getMinAndMax(black, white);
    print(names[i] + ": " + width + " x " + height + " pixels of " + bitDepth() + " bits, channels "
      + channels + ", slices " + slices + ", frames " + frames + "; voxel " + x + " x " + y + " x " + z
      + " " + unit + ", interval " + interval + " s, shown " + black + " to " + white);
    for (t = 1; t <= frames; t++) {
      sum = 0;
      for (s = 1; s <= slices; s++) {
        for (c = 1; c <= channels; c++) {
          setSlice(c + channels * (s - 1 + slices * (t - 1)));
          for (row = 0; row < height; row++)
            for (column = 0; column < width; column++) sum += getPixel(column, row);
          if (c == 1 && s == 1) first = getPixel(0, 0);
          last = getPixel(width - 1, height - 1);
        }
      }
      print("  frame " + t + ": first " + first + ", last " + last + ", sum " + sum);
    }
    close();
  }
}
