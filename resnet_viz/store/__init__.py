"""Records on disk: each is found by its whole key, checked, and made again where it does not read.

A folder of files, each written whole or not at all. `diskcache` was looked at: its values may be pickles, by a column
of its database that anybody who can write to the file may set, and a database has locks and damages of its own. Here a
file is an entry, the system's rename is the lock, and to lose an entry costs what it costs to make it. Without the
folder all works as before: a full disk, a folder that cannot be written or that is somebody else's is told once, in the
log.

Also here: the records of the presets that come with the package (`shipped.py`), and what a key consists of
(`versions.py`).
"""
