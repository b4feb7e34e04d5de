import Microscopy
