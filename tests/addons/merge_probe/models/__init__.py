from . import merge_probe
