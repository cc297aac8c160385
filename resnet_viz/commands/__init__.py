"""The commands about files, and the nets that commands are given: recognise, convert, trace and check."""
