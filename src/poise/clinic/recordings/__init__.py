"""What a sensor gave: upload, storage, replay."""
