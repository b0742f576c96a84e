"""What the measurements of the import share: files, the command, its memory."""
