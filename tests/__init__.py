import os

# No test, and no server that one starts, finds or leaves anything in the developer's own cache folder.
os.environ["RESNET_VIZ_CACHE"] = "off"
