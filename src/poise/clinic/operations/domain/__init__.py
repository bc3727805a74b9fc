"""The verbs of whoever runs an installation: serve, back up, restore, encrypt, look after it."""
