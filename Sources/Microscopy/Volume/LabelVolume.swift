/// A segmentation: each voxel holds the number of its object, 0 for background.
public typealias LabelVolume = Volume<UInt32>
